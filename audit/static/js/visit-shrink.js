// Photos made smaller on the phone, one at a time: long side at most 2048, upright, without EXIF; and a thumbnail.
"use strict";
self.visit = self.visit || {};

(function () {
  const LONGEST = 2048;
  const QUALITY = 0.8;
  const SMALL_ENOUGH = 1500000;
  const THUMB_BYTES = 10240;
  const THUMBS = [[192, 0.7], [192, 0.4], [128, 0.3], [64, 0.2]]; // long side, quality
  const PATIENCE = 30000;
  let last = Promise.resolve();

  // [width, height] upright. An image element reads the head of the file, a bitmap would decode all of it.
  const sizeOf = async (blob) => {
    const image = new Image();
    const address = URL.createObjectURL(blob);
    try {
      await new Promise((resolve, reject) => {
        image.onload = resolve;
        image.onerror = reject;
        image.src = address;
      });
      return [image.naturalWidth, image.naturalHeight];
    } finally {
      URL.revokeObjectURL(address);
    }
  };

  const within = (longest, width, height) => {
    const scale = Math.min(1, longest / Math.max(width, height));
    return [width, height].map((side) => Math.max(1, Math.round(side * scale)));
  };

  // JPEG bytes of the source at a size, and what `use` makes of the canvas besides. Memory goes back at once.
  const draw = async (source, [width, height], quality, use = () => null) => {
    const canvas = document.createElement("canvas");
    try {
      Object.assign(canvas, { width, height });
      const context = canvas.getContext("2d");
      context.imageSmoothingQuality = "high";
      context.drawImage(source, 0, 0, width, height);
      // A phone short of memory draws nothing and says nothing.
      if (!context.getImageData(width >> 1, height >> 1, 1, 1).data[3]) throw new Error("blank");
      const blob = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", quality));
      return [await blob.arrayBuffer(), await use(canvas)];
    } finally {
      canvas.width = canvas.height = 0;
    }
  };

  const thumbOf = async (source, width, height) => {
    for (const [longest, quality] of THUMBS) {
      const [thumb] = await draw(source, within(longest, width, height), quality);
      if (thumb.byteLength <= THUMB_BYTES) return thumb;
    }
    return null;
  };

  const work = async (buffer, type) => {
    const blob = new Blob([buffer], { type });
    const [width, height] = await sizeOf(blob);
    // The original may go out with its EXIF: the server shows nobody anything but clean copies.
    const isFine = Math.max(width, height) <= LONGEST && buffer.byteLength <= SMALL_ENOUGH;
    const [wide, high] = within(isFine ? 2 * THUMBS[0][0] : LONGEST, width, height);
    const bitmap = await createImageBitmap(blob, { resizeWidth: wide, resizeQuality: "high" });
    try {
      // An old browser may not have turned it upright.
      if (Math.abs(bitmap.height * width - bitmap.width * height) > 2 * Math.max(width, height)) {
        throw new Error("turned");
      }
      if (isFine) return { buffer, type, thumb: await thumbOf(bitmap, width, height) };
      const [smaller, thumb] = await draw(bitmap, [wide, high], QUALITY, (canvas) => thumbOf(canvas, width, height));
      return smaller.byteLength < buffer.byteLength ? { buffer: smaller, type: "image/jpeg", thumb } : { buffer, type, thumb };
    } finally {
      bitmap.close();
    }
  };

  // {buffer, type, thumb: JPEG or null}. Whatever goes wrong, or never ends: the original as it is.
  visit.shrink = (buffer, type) => {
    const turn = last.then(() => new Promise((resolve) => {
      const original = { buffer, type, thumb: null };
      const timer = setTimeout(resolve, PATIENCE, original);
      work(buffer, type).catch(() => original).then(resolve).finally(() => clearTimeout(timer));
    }));
    last = turn.then(() => {}); // without the bytes
    return turn;
  };
})();
