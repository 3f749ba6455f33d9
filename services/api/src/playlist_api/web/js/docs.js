/** Swagger UI on the API's own description. */

/* global SwaggerUIBundle */

const dark = matchMedia("(prefers-color-scheme: dark)");
const shade = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", shade);
shade();

SwaggerUIBundle({
  url: new URL("../../openapi.json", import.meta.url).href, // whether the page is /docs or /docs/
  dom_id: "#api",
  deepLinking: true,
  displayRequestDuration: true,
  tryItOutEnabled: true,
  validatorUrl: null, // else the document's address would be sent to a validator on the internet
});
