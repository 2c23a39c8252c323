(() => {
  "use strict";
  const PAGE = 200;
  const find = (selector) => document.querySelector(selector);
  const list = find("#list"), body = list.tBodies[0], more = find("#more"), count = find("#count");
  const search = find("#search"), status = find("#status"), type = find("#type");
  const headers = [...list.tHead.rows[0].cells];
  const all = [...body.rows];
  let texts, ordered = all, shown = all, limit = PAGE;

  const cell = (row, column) => row.cells[column].textContent;
  const badges = (row) => [...row.cells[4].children].map((badge) => badge.textContent);
  const draw = () => {
    body.replaceChildren(...shown.slice(0, limit));
    more.hidden = shown.length <= limit;
    count.textContent = shown.length === all.length ? `${all.length} rows` : `${shown.length} of ${all.length} rows`;
  };
  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length && !texts) texts = new Map(all.map((row) => [row, row.textContent.toLowerCase()]));
    shown = ordered.filter((row) =>
      (!status.value || badges(row).includes(status.value)) &&
      (!type.value || cell(row, 1) === type.value) &&
      words.every((word) => texts.get(row).includes(word)));
    limit = PAGE;
    draw();
  };
  const sort = (column) => {
    const header = headers[column];
    const direction = header.ariaSort === "ascending" ? "descending" : "ascending";
    headers.forEach((other) => other.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", direction);
    const isNumber = column === 0 || header.classList.contains("n");
    const keys = new Map(all.map((row) => {
      const text = column === 0 ? row.dataset.n : cell(row, column);
      return [row, isNumber ? (text === "" ? Infinity : Number(text)) : text.toLowerCase()];
    }));
    const sign = direction === "ascending" ? 1 : -1;
    ordered = [...all].sort((a, b) => {
      const x = keys.get(a), y = keys.get(b);
      return x < y ? -sign : x > y ? sign : a.dataset.n - b.dataset.n;
    });
    filter();
  };

  headers.forEach((header, column) => header.firstChild.addEventListener("click", () => sort(column)));
  search.addEventListener("input", filter);
  status.addEventListener("change", filter);
  type.addEventListener("change", filter);
  find(".tools").addEventListener("submit", (event) => event.preventDefault());
  more.addEventListener("click", () => {
    const first = limit;
    limit += 1000;
    draw();
    body.rows[first].tabIndex = -1;
    body.rows[first].focus();
  });
  addEventListener("beforeprint", () => body.replaceChildren(...shown));
  addEventListener("afterprint", draw);
  list.classList.add("live");
  draw();
})();
