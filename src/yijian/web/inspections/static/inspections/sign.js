// A signature drawn with a finger or a mouse: the picture goes with the form. Without this script the box stays hidden, and the
// signature on paper is attached.
for (const form of document.querySelectorAll("form[data-signing]")) {
  const box = form.querySelector("[data-sign]"), canvas = box.querySelector("canvas"), pen = canvas.getContext("2d");
  let drawn = false, down = false;
  box.hidden = false;
  canvas.style.touchAction = "none"; // a finger draws and does not scroll
  const clear = () => { pen.fillStyle = "#fff"; pen.fillRect(0, 0, canvas.width, canvas.height); drawn = false; };
  const at = (event) => {
    const seen = canvas.getBoundingClientRect();
    return [(event.clientX - seen.left) * canvas.width / seen.width, (event.clientY - seen.top) * canvas.height / seen.height];
  };
  clear();
  canvas.addEventListener("pointerdown", (event) => {
    down = true;
    canvas.setPointerCapture(event.pointerId);
    pen.lineWidth = 5; pen.lineCap = pen.lineJoin = "round"; pen.strokeStyle = "#111";
    pen.beginPath();
    pen.moveTo(...at(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!down) return;
    pen.lineTo(...at(event));
    pen.stroke();
    drawn = true;
  });
  for (const name of ["pointerup", "pointercancel"]) canvas.addEventListener(name, () => { down = false; });
  box.querySelector("[data-clear]").addEventListener("click", clear);
  form.addEventListener("submit", () => { form.elements.drawn.value = drawn ? canvas.toDataURL("image/png") : ""; });
}
