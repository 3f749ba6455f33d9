/** The models that are kept: figures, verdicts, and what each changed. */

import { make, moment, number, outcome, share, show, table, text } from "./elements.js";
import { showPlot } from "./plot.js";

const HEADS = ["Model", "Dataset", "Learned", "Recall@10", "Popular", "Coverage", "Gate", "Changes"];

/** Shows an answer of /api/models. */
export function showModels(models) {
  showPlot(models);
  if (!models.length) {
    show("models", make("p", {}, "No model is kept: nothing was published yet."));
    return;
  }
  show("models", table(HEADS, models.map(rowOf)));
}

function rowOf(model) {
  const { dataset, evaluation, gate } = model;
  // Without requests nothing was measured, and 0 is no figure.
  const measured = evaluation.requests === 0 ? {} : evaluation;
  return [
    [
      moment(model.model_date),
      model.in_use ? make("strong", { class: "good" }, " in use") : null,
      make("br"),
      make("code", {}, model.model_id),
    ],
    text(String(dataset.url ?? "–")),
    [
      `${number(dataset.playlists)}\u00a0playlists`,
      make("br"),
      `${number(dataset.songs)}\u00a0songs`,
      make("br"),
      `${number(model.rule_count)}\u00a0rules`,
    ],
    share(measured.recall_at_10),
    share(measured.recall_at_10_by_popularity),
    share(measured.coverage),
    gate.outcome ? text(outcome(gate.outcome), ` ${gate.reason ?? ""}`) : "–",
    text(changesOf(model)),
  ];
}

/** Says what came and went since the model that was current at the training. */
function changesOf({ changes, rule_count: rules }) {
  if (!changes.compared_with) return "the first one";
  const songs = [
    [changes.songs_added, "came", changes.most_popular_added],
    [changes.songs_gone, "went", changes.most_popular_gone],
  ].map(([count, verb, examples]) => `${number(count)} ${verb}${count ? ` (${shortened(examples)})` : ""}`);
  return `songs: ${songs.join(", ")}; rules: ${number(changes.rules_before)} → ${number(rules)}; since ${changes.compared_with}`;
}

function shortened(names = []) {
  const few = names.slice(0, 3).join(", ");
  return few.length > 90 ? `${[...few].slice(0, 89).join("")}…` : few;
}
