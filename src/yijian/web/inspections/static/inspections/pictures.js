// A photograph as the server takes it: JPEG or PNG, not too large. What a camera wrote otherwise (HEIC under a name .jpg, or more
// bytes) is drawn anew as JPEG where the browser can, before its SHA-256 is counted.
const MOST = Number(document.body.dataset.most), LONGEST = 4000;

export class Unfit extends Error {}

export async function fitting(file) {
  const bytes = new Uint8Array(await file.arrayBuffer()), type = typeOf(bytes);
  if (type && bytes.length <= MOST) return { bytes, type };
  let drawn = null;
  try {
    drawn = await redrawn(file);
  } catch { /* the browser cannot read it either: said below */ }
  if (drawn && drawn.length <= MOST) return { bytes: drawn, type: "image/jpeg" };
  throw new Unfit(type ? `照片超过 ${MOST >> 20} MB，没有保存；请调低相机的像素后重拍` : "这不是 JPEG 或 PNG 照片（可能是 HEIC），没有保存；请在相机设置里改为 JPEG 后重拍");
}

function typeOf(bytes) {
  const begins = (...wanted) => wanted.every((byte, n) => bytes[n] === byte);
  if (begins(0xff, 0xd8, 0xff)) return "image/jpeg";
  return begins(0x89, 0x50, 0x4e, 0x47) ? "image/png" : "";
}

async function redrawn(file) {
  const picture = await createImageBitmap(file), share = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width: Math.round(picture.width * share), height: Math.round(picture.height * share) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", 0.9); });
  return blob && new Uint8Array(await blob.arrayBuffer());
}
