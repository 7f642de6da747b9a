// A button with data-copy="id" copies what the field with that id holds; without a script it stays hidden.
for (const button of document.querySelectorAll("[data-copy]")) {
  const field = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
    } catch {
      document.execCommand("copy"); // browsers have no clipboard for pages that came without HTTPS
    }
    button.textContent = button.dataset.copied;
  });
}
