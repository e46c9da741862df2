// Does the form's proof of work while somebody writes (yijian/web/tips/proofs.py says what it is). Without it the form works, too:
// it then has to be open longer when many tips come in.
const form = document.querySelector("form[data-puzzles]");
if (form && globalThis.crypto?.subtle) prove();

async function prove() {
  const { puzzles, rounds, zeros } = form.dataset;
  const bytes = new TextEncoder();
  const token = await crypto.subtle.importKey("raw", bytes.encode(form.elements.token.value), "PBKDF2", false, ["deriveBits"]);
  const found = [];
  while (found.length < Number(puzzles)) {
    let n = 0;
    while (!(await solved(n))) n += 1;
    found.push(n);
  }
  form.elements.proof.value = found.join(",");

  async function solved(n) {
    const salt = bytes.encode(`${found.length}:${n}`);
    const bits = await crypto.subtle.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations: Number(rounds) }, token, 256);
    return new Uint8Array(bits)[0] >> (8 - Number(zeros)) === 0;
  }
}
