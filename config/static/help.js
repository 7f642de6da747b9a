// The help of a page closes as every other thing that lies over it: by Esc, or by pressing beside it.
const help = document.querySelector(".help-mark");

function close() {
  if (help.contains(document.activeElement)) help.querySelector("summary").focus();
  help.open = false;
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && help.open) close();
});
document.addEventListener("click", (event) => {
  if (help.open && !help.contains(event.target)) help.open = false;
});
