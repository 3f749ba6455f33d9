#!/usr/bin/env bash
# Runs the tests on a cluster (`make e2e`) on a kind cluster of its own, with Argo CD and a Git host for it to watch.
# Arguments go to make: `ci/kind-e2e.sh SHORT=1`. It wants Linux, Docker on this very machine, kind, kubectl, helm, git,
# python3 and make, and the Internet for images and for the manifests below.
#
#   NAME              of the cluster: playlist-e2e. One that is there is refused, unless
#   REUSE             is 1: take it (made by an earlier KEEP=1, for its ports), and leave it in the end
#   KEEP              1 leaves the new cluster in the end
#   NODE_IMAGE        Kubernetes, with the digest that belongs to your kind: each release's notes list them
#   ARGOCD_MANIFEST   file or URL of what installs Argo CD
#   METRICS_MANIFEST  file or URL of what installs metrics-server, which autoscaling asks
#   ARGOCD_PORT       Argo CD's NodePort, on 127.0.0.1 too: 30082. 30080 and 30081 are the tests' own
#   HELM3, HELM4      as for the tests; helm in PATH is used without them
#
# What has been run of this: ci/git-server (tests/ci has its test), the messages about what is missing, and the whole
# sequence with stand-ins in place of docker, kind, kubectl and make. What has not: anything with a real Docker or kind.
set -euo pipefail
cd "$(dirname "$0")/.."
name=${NAME:-playlist-e2e}
# Of kind v0.33.0.
node_image=${NODE_IMAGE:-kindest/node:v1.34.11}
argocd=${ARGOCD_MANIFEST:-https://raw.githubusercontent.com/argoproj/argo-cd/v3.2.11/manifests/install.yaml}
metrics=${METRICS_MANIFEST:-https://github.com/kubernetes-sigs/metrics-server/releases/download/v0.8.1/components.yaml}
argocd_port=${ARGOCD_PORT:-30082}

say() { printf '%s: %s\n' kind-e2e "$*" >&2; }
fail() { say "$*"; exit 1; }

check_tools() {
    local tool missing=()
    for tool in docker kind kubectl helm git python3 make; do
        [ "$tool" = helm ] && [ -n "${HELM3:-}${HELM4:-}" ] && continue
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [ ${#missing[@]} = 0 ] || fail "not found in PATH: ${missing[*]}; install what is missing, then run this again"
    docker info >/dev/null 2>&1 || fail "docker is installed, but its engine does not answer: see docker info"
}

work='' git_server='' is_created=''
end() {
    local code=$?
    trap - EXIT
    if [ -n "$git_server" ]; then
        kill "$git_server" 2>/dev/null || true
        wait "$git_server" 2>/dev/null || true
    fi
    if [ -n "$is_created" ] && [ "${KEEP:-}" = 1 ]; then
        say "kept: kind export kubeconfig --name $name; it ends with: kind delete cluster --name $name"
    elif [ -n "$is_created" ]; then
        kind delete cluster --name "$name" --kubeconfig "$KUBECONFIG" || true
    fi
    [ -z "$work" ] || rm -rf "$work"
    exit "$code"
}

start_cluster() {
    local names
    names=$(kind get clusters --quiet)
    if grep -qxF -- "$name" <<<"$names"; then
        [ "${REUSE:-}" = 1 ] || fail "there is a kind cluster $name already: REUSE=1 takes it, NAME=… makes another one"
        kind export kubeconfig --name "$name" --kubeconfig "$KUBECONFIG"
        return
    fi
    # From here on a half-made one is this run's, too.
    is_created=1
    kind create cluster --name "$name" --image "$node_image" --kubeconfig "$KUBECONFIG" --wait 180s --config - <<YAML
kind: Cluster
apiVersion: kind.x-k8s.io/v1alpha4
nodes:
  - role: control-plane
    extraPortMappings:
      - {containerPort: 30080, hostPort: 30080, listenAddress: 127.0.0.1}
      - {containerPort: 30081, hostPort: 30081, listenAddress: 127.0.0.1}
      - {containerPort: $argocd_port, hostPort: $argocd_port, listenAddress: 127.0.0.1}
YAML
}

install_argocd() {
    local workload
    kubectl create namespace argocd --dry-run=client --output yaml | kubectl apply -f -
    # On the server: one definition is too long for the annotation that apply would write.
    kubectl apply --namespace argocd --server-side --force-conflicts -f "$argocd"
    kubectl patch configmap argocd-cmd-params-cm --namespace argocd --type merge \
        --patch '{"data": {"server.insecure": "true"}}'
    kubectl patch service argocd-server --namespace argocd \
        --patch "{\"spec\": {\"type\": \"NodePort\", \"ports\": [{\"port\": 80, \"nodePort\": $argocd_port}]}}"
    # It reads that setting when it starts.
    kubectl rollout restart deployment/argocd-server --namespace argocd
    for workload in $(kubectl get deployments,statefulsets --namespace argocd --output name); do
        kubectl rollout status "$workload" --namespace argocd --timeout 600s
    done
}

install_metrics_server() {
    kubectl apply -f "$metrics"
    # The kubelet's certificate in kind is signed by nobody.
    kubectl patch deployment metrics-server --namespace kube-system --type json \
        --patch '[{"op": "add", "path": "/spec/template/spec/containers/0/args/-", "value": "--kubelet-insecure-tls"}]'
    kubectl rollout status deployment/metrics-server --namespace kube-system --timeout 300s
}

start_git_server() {
    local gateway
    # IPv4 of this machine in Docker's network `kind`, where pods reach it; the network has an IPv6 one as well.
    gateway=$(docker network inspect kind --format '{{range .IPAM.Config}}{{println .Gateway}}{{end}}' |
        awk '/^[0-9]+\./ && !found {print; found = 1}')
    [ -n "$gateway" ] || fail "Docker's network kind has no IPv4 gateway: see docker network inspect kind"
    export NO_PROXY="$gateway,127.0.0.1,${NO_PROXY:-}" no_proxy="$gateway,127.0.0.1,${no_proxy:-}"
    mkdir "$GIT_ROOT"
    ci/git-server "$GIT_ROOT" "$gateway" >"$work/git-url" 2>"$work/git-server.log" &
    git_server=$!
    until [ -s "$work/git-url" ]; do
        kill -0 "$git_server" 2>/dev/null || fail "$(tail -n 1 "$work/git-server.log")"
        sleep 0.1
    done
    GIT_URL=$(cat "$work/git-url")
    export GIT_URL
    # 404 is an answer, too; a firewall gives none.
    docker exec "$name-control-plane" curl --silent --noproxy '*' --max-time 10 --output /dev/null "$GIT_URL/" ||
        fail "the cluster does not reach $GIT_URL on this machine: does a firewall stand between them?"
}

check_tools
trap end EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
work=$(mktemp -d)
export KUBECONFIG="$work/kubeconfig" GIT_ROOT="$work/git"
export ARGOCD_URL="http://127.0.0.1:$argocd_port"
# ci/images calls it once for each archive; older kinds load only the first of several.
export IMAGE_LOAD="kind load image-archive --name $name"
export NODE_SHELL="docker exec $name-control-plane sh -c"
# kind's network always does.
export ENFORCE_POLICIES=true
# With Docker's containerd image store, `docker save` leaves attestations out that the index names, and kind then fails.
export BUILDX_NO_DEFAULT_ATTESTATIONS=1

start_cluster
start_git_server
install_argocd
install_metrics_server
make e2e "$@"
