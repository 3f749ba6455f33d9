/** Asks one pod every few seconds, as long as the page is seen, and shows what it says. */

import { showModels } from "./models.js";
import { showPods, showReloads } from "./pods.js";
import { showTraining } from "./training.js";

const INTERVAL_MS = 3000;
const TIMEOUT_MS = 10_000;
// Not from the page's own address: /status and /status/ are the same page.
const ROOT = new URL("../../../", import.meta.url);

let timer = 0;
let models = [];

async function ask(path) {
  const response = await fetch(new URL(path, ROOT), { signal: AbortSignal.timeout(TIMEOUT_MS) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}.`);
  return response.json();
}

function tell(text) {
  const place = document.getElementById("problem");
  if (place.textContent !== text) place.textContent = text;
  place.hidden = !text;
}

async function poll() {
  clearTimeout(timer);
  if (document.visibilityState === "hidden") return;
  try {
    const [status, kept] = await Promise.all([ask("api/status"), ask("api/models")]);
    models = kept.models;
    const doubt = showPods(status);
    showTraining(status);
    showModels(models);
    showReloads(status);
    tell(doubt);
  } catch (error) {
    tell(`No answer: ${error.message} What stands below may be old.`);
  }
  clearTimeout(timer);
  timer = setTimeout(poll, INTERVAL_MS);
}

document.addEventListener("visibilitychange", poll);
addEventListener("resize", () => models.length && showModels(models));
poll();
