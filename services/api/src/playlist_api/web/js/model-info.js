/** What answers: which code, from which model, made from what. */

import { byId, make, tell } from "./dom.js";
import { agoOf, counted, datasetOf, momentOf } from "./format.js";

/** Shows an answer of /api/version. */
export function showModelInfo(answer) {
  const { dataset, last_reload_error: fault } = answer;
  const entries = [["Version", answer.version]];
  if (answer.model_id) {
    const date = new Date(answer.model_date);
    const time = make("time", { datetime: answer.model_date, title: answer.model_id }, momentOf(date));
    entries.push(["Model trained", time, ` (${agoOf(date)})`]);
    entries.push(["Dataset", ...datasetEntry(dataset, answer.song_count)]);
    entries.push(["Learned", counted(answer.rule_count, "rule")]);
  }
  const list = make(
    "dl",
    { id: "imprint" },
    ...entries.map(([term, ...details]) => make("div", {}, make("dt", {}, term), make("dd", {}, ...details))),
  );
  // Every few seconds comes an answer, mostly the same: what somebody is just selecting should stay.
  if (list.textContent !== byId("imprint").textContent) byId("imprint").replaceWith(list);
  tell(byId("reload-problem"), fault ? `A newer model could not be loaded: ${fault.message}` : "");
}

function datasetEntry(dataset, songCount) {
  const url = String(dataset?.url ?? "unknown");
  const size = [counted(songCount, "song")];
  if (Number.isInteger(dataset?.playlists)) size.unshift(counted(dataset.playlists, "playlist"));
  return [make("span", { title: url, translate: "no" }, datasetOf(url)), `, ${size.join(", ")}`];
}
