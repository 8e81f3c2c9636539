// Reads barcodes out of pictures, apart from the page so that the camera's picture keeps moving.

importScripts("/static/vendor/zxing-reader.js");

const OPTIONS = { tryHarder: true, tryRotate: true, maxNumberOfSymbols: 1 };

const ready = ZXingWASM.prepareZXingModule({
  overrides: { locateFile: (name) => (name.endsWith(".wasm") ? "/static/vendor/zxing-reader.wasm" : name) },
  fireImmediately: true,
});

onmessage = async ({ data: { image } }) => {
  try {
    await ready;
    const found = image ? await ZXingWASM.readBarcodes(image, OPTIONS) : [];
    postMessage({ found: found.filter((each) => each.isValid).map(({ text, format }) => ({ text, format })) });
  } catch (reason) {
    postMessage({ failed: String(reason) });
  }
};
