// A box under each password field that shows what was typed. Its words come with the field.
for (const field of document.querySelectorAll("input[data-show]")) {
  const box = Object.assign(document.createElement("input"), { type: "checkbox" });
  const label = Object.assign(document.createElement("label"), { className: "choice" });
  label.style.marginTop = ".5rem";
  box.addEventListener("change", () => (field.type = box.checked ? "text" : "password"));
  field.form.addEventListener("submit", () => (field.type = "password"));
  label.append(box, field.dataset.show);
  field.after(label);
}
