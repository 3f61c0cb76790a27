// The plan form: tick a whole region at once, and say how many branches are chosen.
const form = document.getElementById("plan");
const count = document.getElementById("count");
const boxes = () => [...form.querySelectorAll('input[name="branch"]')];

function tell() {
  const chosen = boxes().filter((box) => box.checked).length;
  const words = chosen === 1 ? count.dataset.one : count.dataset.many;
  count.textContent = words.replace("#", String(chosen));
  for (const group of form.querySelectorAll("fieldset")) {
    const own = [...group.querySelectorAll('input[name="branch"]')];
    const all = group.querySelector("[data-all] input");
    all.checked = own.every((box) => box.checked);
    all.indeterminate = !all.checked && own.some((box) => box.checked);
  }
}

for (const row of form.querySelectorAll("[data-all]")) {
  row.hidden = false;
  row.querySelector("input").addEventListener("change", (event) => {
    for (const box of row.parentElement.querySelectorAll('input[name="branch"]')) box.checked = event.target.checked;
  });
}
form.addEventListener("change", tell);
tell();
