"""Each command, in a clone, and what it leaves in the remote."""

import pytest

from .hub import ONE, PRODUCTION, STAGING, Hub, Terminal, git

DIGEST = f"sha256:{'ab' * 32}"


def test_replicas_are_pushed_and_comments_stay(hub: Hub, bump: Terminal) -> None:
    before = hub.text(ONE)

    said = bump(hub.clone("mine"), "replicas", "5")

    assert hub.text(ONE) == before.replace("replicas: 2   # pods", "replicas: 5   # pods")
    assert hub.subjects()[0] == "argocd: 5 replicas"
    assert said.exit_code == 0
    assert "git pull" in said.out
    assert said.err == ""


def test_an_environments_values_alone_are_edited(hub: Hub, bump: Terminal) -> None:
    bump(hub.clone("mine"), "image", "api", "0.2.0", "--environment", "staging")

    assert hub.values(STAGING)["api"]["image"] == {"tag": "0.2.0"}
    assert git(hub.bare, "show", "--format=", "--name-only", "main") == STAGING
    assert hub.subjects()[0] == "staging: api 0.2.0"


def test_a_digest_is_added_below_its_tag_and_goes_with_the_next_tag(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")

    bump(mine, "image", "trainer", "0.2.0", "--digest", DIGEST)
    assert f"trainer: {{image: {{tag: '0.2.0', digest: \"{DIGEST}\"}}}}\n" in hub.text(ONE)

    bump(mine, "image", "trainer", "0.3.0")
    assert hub.values(ONE)["trainer"]["image"] == {"tag": "0.3.0", "digest": ""}


def test_what_stands_there_already_is_nothing_to_do(hub: Hub, bump: Terminal) -> None:
    said = bump(hub.clone("mine"), "replicas", "2")

    assert said.exit_code == 0
    assert said.out == "nothing to do: argocd/values.yaml already has this value (origin/main)\n"
    assert hub.subjects() == ["values"]


def test_promoting_copies_images_and_dataset_and_keeps_replicas(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    bump(mine, "image", "api", "0.2.0", "--digest", DIGEST, "--environment", "staging")
    bump(mine, "image", "trainer", "0.2.1", "--environment", "staging")
    hub.edit(mine, STAGING, "url: builtin:sample", "url: s3://bucket/mpd/")
    hub.edit(mine, STAGING, 'sha256: ""', f'sha256: "{"cd" * 32}"')

    said = bump(mine, "promote", "staging", "production")

    production, staging = hub.values(PRODUCTION), hub.values(STAGING)
    assert said.exit_code == 0
    assert production.pop("api") == staging.pop("api") | {"replicas": 3}
    assert production == staging
    assert hub.subjects()[0] == "production: as staging"


def test_promoting_takes_back_what_staging_does_not_pin_any_more(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    bump(mine, "image", "api", "0.1.0", "--digest", DIGEST, "--environment", "production")

    bump(mine, "promote", "staging", "production")

    assert hub.values(PRODUCTION)["api"]["image"] == {"tag": "", "digest": ""}


def test_promoting_nothing_over_a_dataset_is_refused(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, STAGING, "url: builtin:sample", "maxBytes: 1Gi")

    said = bump(mine, "promote", "staging", "production")

    assert said.exit_code == 64
    assert "staging names no dataset.url, but production does" in said.err


def test_dry_run_prints_the_difference_and_pushes_nothing(hub: Hub, bump: Terminal) -> None:
    said = bump(hub.clone("mine"), "replicas", "5", "--dry-run")

    assert "-  replicas: 2   # pods\n+  replicas: 5   # pods\n" in said.out
    assert hub.subjects() == ["values"]


def test_a_branch_for_a_pull_request_is_pushed_and_named(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")

    said = bump(mine, "replicas", "5", "--branch", "scale-up")

    assert said.out == "scale-up\n"
    commit = git(hub.bare, "rev-parse", "scale-up")[:9]
    words = "(argocd: 5 replicas); open a pull request for the branch printed on standard output"
    assert said.err == f"pushed {commit} {words}\n"
    assert hub.values(ONE, "scale-up")["api"]["replicas"] == 5
    assert hub.values(ONE)["api"]["replicas"] == 2
    again = bump(mine, "replicas", "5", "--branch", "scale-up")
    assert again.out == "scale-up\n"
    assert again.err.startswith(f"nothing to do: scale-up has {commit} (argocd: 5 replicas) already; open")
    assert hub.subjects("scale-up") == ["argocd: 5 replicas", "values"]


def test_what_is_no_name_of_a_new_branch_is_refused_and_never_main(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")

    for name in ("", " ", "a b", "HEAD", "@", "@{-1}", "refs/heads/x", "-x", "--force"):
        said = bump(mine, "replicas", "5", f"--branch={name}")

        assert said.exit_code == 64
        assert "no name for a new branch" in said.err
    assert git(hub.bare, "for-each-ref", "--format=%(refname)") == "refs/heads/main"
    assert hub.subjects() == ["values"]


def test_a_branch_whose_name_ends_alike_is_another(hub: Hub, bump: Terminal) -> None:
    git(hub.bare, "update-ref", "refs/heads/old/refs/heads/scale-up", "main")

    said = bump(hub.clone("mine"), "replicas", "5", "--branch", "scale-up")

    assert said.out == "scale-up\n"
    assert hub.values(ONE, "scale-up")["api"]["replicas"] == 5


def test_a_branch_with_other_changes_is_not_overwritten(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    bump(mine, "replicas", "5", "--branch", "scale-up")

    said = bump(mine, "replicas", "6", "--branch", "scale-up")

    assert said.exit_code == 1
    assert "origin/scale-up is there already, with other changes" in said.err
    assert hub.values(ONE, "scale-up")["api"]["replicas"] == 5


def test_a_branch_to_which_others_added_is_not_taken_for_the_edit(hub: Hub, bump: Terminal) -> None:
    mine, other = hub.clone("mine"), hub.clone("other")
    bump(mine, "replicas", "5", "--branch", "scale-up")
    # That main has moved meanwhile is no change of the branch.
    bump(mine, "image", "api", "0.3.0", "--environment", "staging")
    assert bump(mine, "replicas", "5", "--branch", "scale-up").exit_code == 0
    git(other, "fetch", "--quiet")
    git(other, "switch", "--quiet", "scale-up")
    (other / "README.md").write_text("more\n", encoding="utf-8")
    git(other, "add", "--all")
    git(other, "commit", "--quiet", "--message", "more")
    git(other, "push", "--quiet")

    said = bump(mine, "replicas", "5", "--branch", "scale-up")

    assert (said.exit_code, said.out) == (1, "")
    assert "origin/scale-up is there already, with other changes" in said.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["replicas", "five"], "expected a whole number"),
        (["replicas", "-1"], "expected a whole number"),
        (["replicas", ""], "expected a whole number"),
        (["image", "api", "latest"], "names another image every day"),
        (["image", "api", ""], "expected letters, digits"),
        (["image", "api", "0.2 0"], "expected letters, digits"),
        (["image", "api", "0.2\n"], "expected letters, digits"),
        (["image", "web", "0.2.0"], "invalid choice: 'web'"),
        (["image", "api", "0.2.0", "--digest", "sha256:abc"], "64 hex digits"),
        (["image", "api", "0.2.0", "--digest", ""], "64 hex digits"),
        (["replicas", "5", "--environment", "qa"], "those of origin/main are production, staging"),
        (["replicas", "5", "--environment", "../staging"], "those of origin/main are production, staging"),
        (["promote", "staging", "qa"], "there is no environment 'qa'"),
        (["promote", "staging", "staging"], "can't be promoted to itself"),
        (["replicas", "5", "--branch", "a..b"], "no name for a new branch"),
        (["replicas", "5", "--branch", "main"], "the branch that a pull request would go to"),
        (["replicas"], "required: COUNT"),
        ([], "required: COMMAND"),
    ],
)
def test_wrong_input_is_one_sentence_and_nothing_is_pushed(
    hub: Hub, bump: Terminal, arguments: list[str], words: str
) -> None:
    said = bump(hub.clone("mine"), *arguments)

    assert said.exit_code == 64
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""
    assert hub.subjects() == ["values"]


def test_a_file_that_is_no_yaml_is_named(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, ONE, "api:", "api: {")

    said = bump(mine, "replicas", "5")

    assert said.exit_code == 64
    assert said.err.startswith("playlist-bump: argocd/values.yaml: can't be read as YAML")


def test_help_has_an_example_of_each_command(capsys: pytest.CaptureFixture[str], bump: Terminal, hub: Hub) -> None:
    with pytest.raises(SystemExit) as ended:
        bump(hub.bare, "--help")

    shown = capsys.readouterr().out
    assert ended.value.code == 0
    for command in ("replicas", "image", "dataset", "watch", "promote"):
        assert f"  ci/bump {command} " in shown


def test_the_image_that_spark_trains_by_is_promoted_and_another_is_not_taken_for_it(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    spark = 'training:\n  engine: spark\n  spark: {image: {tag: "0.3.0"}}\ndataset:\n'
    hub.edit(mine, STAGING, "dataset:\n", spark)

    said = bump(mine, "image", "trainer", "0.3.0", "--environment", "staging")

    assert said.exit_code == 0
    assert said.err.startswith(f"playlist-bump: note: training.engine is spark for {STAGING}")
    assert bump(mine, "promote", "staging", "production").exit_code == 0
    assert hub.values(PRODUCTION)["training"] == {"spark": {"image": {"tag": "0.3.0"}}}


def test_what_autoscaling_makes_of_replicas_is_said(hub: Hub, bump: Terminal) -> None:
    mine = hub.clone("mine")
    hub.edit(mine, STAGING, "  # scales", "  autoscaling: {enabled: true}\n  # scales")

    said = bump(mine, "replicas", "5", "--environment", "staging")

    assert said.exit_code == 0
    assert said.err.startswith(f"playlist-bump: note: api.autoscaling.enabled is true for {STAGING}")
    assert hub.values(STAGING)["api"]["replicas"] == 5
    assert bump(mine, "replicas", "6").err == ""
