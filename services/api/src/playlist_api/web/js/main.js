/** Puts the page's parts together. */

import { mountAddress } from "./address.js";
import { Choice } from "./choice.js";
import { announce, byId } from "./dom.js";
import { mountExports } from "./exports.js";
import { counted, datasetOf } from "./format.js";
import { RuleMap } from "./map.js";
import { showModelInfo } from "./model-info.js";
import { notify, withdraw } from "./notices.js";
import { Paste } from "./paste.js";
import { Results } from "./results.js";
import { Sample } from "./sample.js";
import { Search } from "./search.js";
import { Status } from "./status.js";
import { Tray } from "./tray.js";
import { mountViews } from "./views.js";

const choice = new Choice();
const status = new Status();
const sample = new Sample(choice);
const results = new Results(choice);
const tray = new Tray(choice);
const search = new Search(choice);
const paste = new Paste(choice);
const views = mountViews();
const map = new RuleMap(choice, (song) => {
  views.show("list");
  results.showLike(song);
});

search.addEventListener("lines", ({ detail }) => paste.open(detail.text));
tray.addEventListener("look", ({ detail }) => search.lookFor(detail.text));
results.addEventListener("answer", ({ detail: { answer, like } }) => {
  if (!like) tray.note(answer);
  map.begin(like ? [like] : choice.songs, answer.recommendations);
});
choice.addEventListener("detail", () => map.rename(choice.songs));
mountExports("tray-save", () => choice.songs, "playlist");
mountExports("results-save", () => results.songs, "recommendations");

choice.addEventListener("change", ({ detail }) => {
  byId("desk").classList.toggle("has-choice", choice.songs.length > 0);
  document.body.classList.toggle("has-choice", choice.songs.length > 0);
  if (status.hasModel) results.follow(detail);
});
const address = mountAddress(choice);
choice.addEventListener("change", ({ detail }) => {
  if (detail.isRestored && status.hasModel) address.fill();
});

status.addEventListener("answer", ({ detail: { answer } }) => {
  showModelInfo(answer);
  results.learnedFrom(answer.dataset?.playlists);
  const isWaiting = !answer.model_id;
  byId("waiting").hidden = !isWaiting;
  byId("desk").hidden = isWaiting;
  byId("search").hidden = isWaiting;
  if (isWaiting) return;
  sample.retry();
  results.retry();
});

status.addEventListener("model", ({ detail: { answer, isFirst } }) => {
  sample.draw();
  results.refresh();
  address.fill();
  if (isFirst) return;
  const { dataset } = answer;
  const size = Number.isInteger(dataset?.playlists) ? ` with ${counted(dataset.playlists, "playlist")}` : "";
  const text = `A new model answers now, trained on ${datasetOf(String(dataset?.url))}${size}. The recommendations are fresh.`;
  notify("model", text, { tone: "good", isBrief: true });
});

status.addEventListener("version", ({ detail: { answer, before } }) => {
  const reload = { label: "Reload the page", act: () => location.reload() };
  notify("version", `The server now runs version ${answer.version}; it was ${before}.`, { action: reload });
});

status.addEventListener("lost", ({ detail: { message } }) => {
  notify("lost", `${message} This page tries again every few seconds.`, { tone: "bad" });
});

status.addEventListener("back", () => {
  withdraw("lost");
  announce("The server answers again");
});

status.start();
