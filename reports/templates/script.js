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
  // What is compared is read from the page once, at the first filter: the page is ready sooner, and a letter costs little.
  let rows = null;
  let groups = null;
  // A row that comes or goes makes a browser lay out a whole table anew. Rows that keep the widths of the columns are laid
  // out one by one instead, and only those on the screen.
  const keepWidths = (table) => {
    const [first, ...others] = [...table.tHead.rows[0].cells].map((head) => `${head.offsetWidth}px`);
    table.style.setProperty("--columns", [`minmax(${first}, 1fr)`, ...others].join(" "));
    table.classList.add("apart");
  };
  const read = () => {
    for (const table of all("table.matrix")) keepWidths(table);
    const entry = (row, text) => ({ row, text: text.toLowerCase(), verdicts: row.dataset.v.split(" "), shown: true });
    rows = all("[data-op]").map((row) => entry(row, row.dataset.op));
    groups = all("#reqs > ul").map((list) => {
      const entries = [...list.children].map((row) => entry(row, row.firstElementChild.textContent));
      return { list, entries, shown: true };
    });
  };
  const say = (count) => { shown.textContent = count + (count === 1 ? " operation" : " operations"); };
  const show = (item, element, fits) => {
    if (item.shown !== fits) element.hidden = !fits;
    item.shown = fits;
    return fits;
  };
  const filter = () => {
    if (!rows) read();
    const words = name.value.toLowerCase().split(/\s+/).filter(Boolean);
    const fits = (item) => words.every((word) => item.text.includes(word)) &&
      (!verdict.value || item.verdicts.includes(verdict.value));
    let count = 0;
    for (const item of rows) {
      if (show(item, item.row, fits(item)) && "counts" in item.row.dataset) count += 1;
    }
    for (const group of groups) {
      const inside = group.entries.map(fits);
      // The entries of a hidden group are left as they are: the group hides them.
      if (show(group, group.list, inside.includes(true))) {
        group.entries.forEach((item, at) => show(item, item.row, inside[at]));
      }
    }
    say(count);
  };
  if (name) {
    name.addEventListener("input", filter);
    verdict.addEventListener("input", filter);
    // A browser that comes back to the page may have kept what was typed.
    if (name.value || verdict.value) filter();
    else say(all("[data-counts]").length);
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
