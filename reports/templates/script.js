// The page is complete without this script, which only filters, sorts, opens and copies.
(() => {
  "use strict";
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  const weight = ["fail", "error", "inconclusive", "pass", "inapplicable"];

  for (const tools of all(".tools")) tools.hidden = false;

  // Operations: by name and by verdict, in the table and in the list below it at once.
  const name = document.getElementById("filter-name");
  const verdict = document.getElementById("filter-verdict");
  const shown = document.getElementById("filter-count");
  const rows = all("[data-op]");
  const filter = () => {
    const words = name.value.toLowerCase().split(/\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = words.every((word) => row.dataset.op.toLowerCase().includes(word)) &&
        (!verdict.value || row.dataset.v.split(" ").includes(verdict.value));
      row.hidden = !fits;
      if (fits && "counts" in row.dataset) count += 1;
    }
    shown.textContent = count + (count === 1 ? " operation" : " operations");
  };
  if (name) {
    name.addEventListener("input", filter);
    verdict.addEventListener("input", filter);
    filter();
  }

  // Tables: a click on a head sorts by it, a second one turns the order around.
  const key = (cell) => {
    const sign = cell && cell.querySelector("[data-w]");
    if (sign) return weight.indexOf(sign.dataset.w);
    const text = cell ? cell.textContent.trim() : "";
    return text === "" || text === "·" ? 99 : text.toLowerCase();
  };
  for (const table of all("table.sortable")) {
    all("thead th", table).forEach((head, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...head.childNodes);
      head.append(button);
      button.addEventListener("click", () => {
        const down = head.getAttribute("aria-sort") === "ascending";
        for (const other of all("thead th", table)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const body = table.tBodies[0];
        const order = (one, two) => (one < two ? -1 : one > two ? 1 : 0) * (down ? -1 : 1);
        body.append(...[...body.rows].map((row) => [key(row.cells[column]), row])
          .sort((one, two) => order(one[0], two[0])).map((pair) => pair[1]));
      });
    });
  }

  for (const button of all("[data-open]")) {
    button.addEventListener("click", () => {
      const inside = all("details", document.getElementById(button.dataset.open)).filter((item) => !item.hidden);
      const open = inside.some((item) => !item.open);
      for (const item of inside) item.open = open;
    });
  }

  if (navigator.clipboard) {
    for (const button of all("button.copy")) {
      button.hidden = false;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(button.parentElement.querySelector("code").textContent);
        button.textContent = "Copied";
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      });
    }
  }

  // A link into a closed section opens the section.
  const reveal = () => {
    const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target) return;
    target.hidden = false;
    for (let item = target; item; item = item.parentElement) if (item.tagName === "DETAILS") item.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  if (location.hash) reveal();
  addEventListener("beforeprint", () => { for (const item of all("#failures details")) item.open = true; });
})();
