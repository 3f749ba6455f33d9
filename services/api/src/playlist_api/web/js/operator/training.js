/** How the trainer's last run ended, and what its last training took. */

import { ago, make, moment, number, outcome, seconds, show, size, table } from "./elements.js";

/** Shows what the trainer noted. */
export function showTraining({ training, last_look: look, last_training: learned }) {
  if (!training) {
    show("training", make("p", {}, "The trainer has noted nothing here yet."));
    return;
  }
  const entries = [
    ["Outcome", outcome(training.outcome), " ", moment(training.time)],
    ["In its words", training.message ?? "–"],
    ["Last look at the dataset", ...(look ? [outcome(look.outcome), " ", moment(look.time), ` (${ago(look.time)})`] : ["–"])],
  ];
  if (learned) {
    entries.push(["Last learned", outcome(learned.outcome), " ", moment(learned.time)]);
    entries.push(["Read", `${number(learned.rows)} rows, ${number(learned.playlists)} playlists, ${number(learned.songs)} songs`]);
    entries.push(["Memory, at most", size(learned.peak_memory_bytes)]);
  }
  show("training", list(entries), learned?.seconds ? stages(learned.seconds) : null);
}

function list(entries) {
  const pairs = entries.map(([term, ...details]) => make("div", {}, make("dt", {}, term), make("dd", {}, ...details)));
  return make("dl", {}, ...pairs);
}

function stages(taken) {
  const all = Object.values(taken).reduce((sum, each) => sum + each, 0);
  const rows = Object.entries(taken).map(([stage, took]) => [
    stage,
    seconds(took),
    make("meter", { min: 0, max: all || 1, value: took, "aria-label": `Share of ${stage}` }),
  ]);
  return table(["Stage", "Took", "Share"], [...rows, ["all", seconds(all), ""]]);
}
