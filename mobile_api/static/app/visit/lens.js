// The phone's camera as a live picture, and pictures as JPEG small enough for a weak signal.

import { greyOf } from "./checks.js";

const LONGEST_SIDE = 2048;
const LOOKED_AT = 512;
const QUALITY = 0.85;
const WANTED = { facingMode: { ideal: "environment" }, width: { ideal: 2048 }, height: { ideal: 1536 } };

/** The back camera's stream: `{ stream, hasTorch }`; rejects where there is none or it is not allowed. `lost` is called when it is taken away. */
export async function openLens(lost) {
  const stream = await navigator.mediaDevices.getUserMedia({ video: WANTED, audio: false });
  const [track] = stream.getVideoTracks();
  track.addEventListener("ended", lost);
  return { stream, hasTorch: Boolean(track.getCapabilities?.().torch) };
}

export const closeLens = (stream) => stream?.getTracks().forEach((track) => track.stop());

export const light = (stream, torch) => stream.getVideoTracks()[0].applyConstraints({ advanced: [{ torch }] });

/** The frame a video shows now, as a canvas of at most 2048 pixels a side. */
export const frameOf = (video) => scaled(video, video.videoWidth, video.videoHeight, LONGEST_SIDE);

/** A picture from a file, upright, as such a canvas; rejects when it cannot be read. */
export async function canvasOf(file) {
  const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
  const canvas = scaled(picture, picture.width, picture.height, LONGEST_SIDE);
  picture.close();
  return canvas;
}

/** The canvas as a JPEG. */
export function jpegOf(canvas) {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/jpeg", QUALITY);
  });
}

/** The small grey picture that `checks.js` measures. */
export function smallGrey(canvas) {
  const small = scaled(canvas, canvas.width, canvas.height, LOOKED_AT);
  return greyOf(small.getContext("2d", { willReadFrequently: true }).getImageData(0, 0, small.width, small.height));
}

function scaled(source, width, height, side) {
  const scale = Math.min(1, side / Math.max(width, height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const drawing = canvas.getContext("2d");
  drawing.imageSmoothingQuality = "high";
  drawing.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}
