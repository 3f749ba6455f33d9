/** The pods that answered, and how one of them came to its model. */

import { make, moment, outcome, seconds, show, table, text } from "./elements.js";

const seen = new Map();

/** Takes a pod's answer, and shows all pods so far, the one that answered last first. */
export function showPods(status) {
  seen.delete(status.pod);
  seen.set(status.pod, status);
  const rows = [...seen.values()].reverse().map((each) => [
    make("code", {}, each.pod),
    make("code", {}, each.version),
    each.model_id ? make("code", {}, each.model_id) : "none",
    moment(each.loaded_at),
    moment(each.started_at),
    each.last_reload_error ? text(outcome("failed"), ` ${each.last_reload_error.message}`) : "none",
  ]);
  show("pods", table(["Pod", "Code", "Model", "Loaded", "Started", "Fault"], rows));
  const models = new Set([...seen.values()].map((each) => each.model_id));
  return models.size > 1 ? "Pods answer from different models; for some seconds after a training that is as it should be." : "";
}

/** Shows the reloads of one pod. */
export function showReloads({ reloads, pod }) {
  if (!reloads.length) {
    show("reloads", make("p", {}, `${pod} has loaded no model since its start.`));
    return;
  }
  const rows = reloads.map((reload) => [
    moment(reload.time),
    reload.error ? outcome("failed") : outcome("loaded"),
    reload.model_id ? make("code", {}, reload.model_id) : "none",
    seconds(reload.seconds),
    reload.error ? text(reload.error) : "",
  ]);
  show("reloads", table(["When", "Outcome", "Model afterwards", "Took", "Why"], rows));
}
