/** Puts the page's parts together. */

import { mountAddress } from "./address.js";
import { Chips } from "./choice.js";
import { announce, byId } from "./dom.js";
import { showImprint } from "./footer.js";
import { mountJump } from "./jump.js";
import { notify, withdraw } from "./notices.js";
import { Recommendations } from "./recommendations.js";
import { Sample } from "./sample.js";
import { Search } from "./search.js";
import { Choice } from "./state.js";
import { Status } from "./status.js";
import { counted, datasetOf } from "./words.js";

const choice = new Choice();
const status = new Status();
const sample = new Sample(choice);
const recommendations = new Recommendations(choice);
const chips = new Chips(choice);
new Search(choice);
mountJump(choice);

recommendations.addEventListener("answer", ({ detail }) => chips.note(detail));
choice.addEventListener("change", () => {
  if (status.hasModel) recommendations.refresh();
});
const address = mountAddress(choice);
choice.addEventListener("change", ({ detail }) => {
  if (detail.isRestored && status.hasModel) address.fill();
});

status.addEventListener("answer", ({ detail: { answer } }) => {
  showImprint(answer);
  const isWaiting = !answer.model_id;
  byId("waiting").hidden = !isWaiting;
  byId("desk").hidden = isWaiting;
  byId("search").hidden = isWaiting;
  byId("disc").classList.toggle("turning", isWaiting);
  if (isWaiting) return;
  sample.retry();
  recommendations.retry();
});

status.addEventListener("model", ({ detail: { answer, isFirst } }) => {
  sample.draw();
  recommendations.refresh();
  address.fill();
  if (isFirst) return;
  const { dataset } = answer;
  const size = Number.isInteger(dataset?.playlists) ? ` with ${counted(dataset.playlists, "playlist")}` : "";
  notify("model", `A new model answers now, trained on ${datasetOf(String(dataset?.url))}${size}. The recommendations are fresh.`);
});

status.addEventListener("version", ({ detail: { answer, before } }) => {
  const reload = { label: "Reload the page", act: () => location.reload() };
  notify("version", `The server now runs version ${answer.version}; it was ${before}.`, reload);
});

status.addEventListener("lost", ({ detail: { message } }) => {
  notify("lost", `${message} This page tries again every few seconds.`);
});

status.addEventListener("back", () => {
  withdraw("lost");
  announce("The server answers again");
});

status.start();
