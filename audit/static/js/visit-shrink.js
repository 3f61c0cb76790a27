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

  // Of a JPEG's EXIF: 1 to 8, 1 where it says nothing, 0 for what one cannot be sure of.
  const orientationOf = (view, start, end) => {
    const little = view.getUint16(start) === 0x4949;
    if (!little && view.getUint16(start) !== 0x4d4d) return 0;
    const table = start + view.getUint32(start + 4, little);
    const count = view.getUint16(table, little);
    if (table + 2 + 12 * count > end) return 0;
    for (let place = table + 2; place < table + 2 + 12 * count; place += 12) {
      if (view.getUint16(place, little) !== 0x0112) continue;
      const found = view.getUint16(place + 8, little);
      const isShort = view.getUint16(place + 2, little) === 3 && view.getUint32(place + 4, little) === 1;
      return isShort && found >= 1 && found <= 8 ? found : 0;
    }
    return 1;
  };

  const isExif = (view, place) => view.getUint32(place) === 0x45786966 && view.getUint16(place + 4) === 0;
  const isFrame = (mark) => mark >= 0xc0 && mark <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(mark);

  const jpegSize = (view) => {
    let turn = null;
    for (let place = 2; view.getUint8(place) === 0xff;) {
      const mark = view.getUint8(place + 1);
      if (mark === 0xff) {
        place += 1;
        continue;
      }
      if (mark < 0xc0 || (mark >= 0xd0 && mark <= 0xda)) return null; // pixels before their size
      const end = place + 2 + view.getUint16(place + 2);
      if (isFrame(mark)) {
        const [width, height] = [view.getUint16(place + 7), view.getUint16(place + 5)];
        return turn === 0 ? null : turn >= 5 ? [height, width] : [width, height];
      }
      if (mark === 0xe1 && turn === null && isExif(view, place + 4)) turn = orientationOf(view, place + 10, end);
      place = end;
    }
    return null;
  };

  // The one with EXIF may be turned: not read here.
  const pngSize = (view) => {
    if (view.getUint32(12) !== 0x49484452) return null;
    for (let place = 33; ; place += 12 + view.getUint32(place)) {
      const kind = view.getUint32(place + 4);
      if (kind === 0x65584966) return null;
      if (kind === 0x49444154) return [view.getUint32(16), view.getUint32(20)];
    }
  };

  const webpSize = (view) => {
    if (view.getUint32(8) !== 0x57454250) return null;
    const three = (place) => view.getUint16(place, true) + (view.getUint8(place + 2) << 16);
    switch (view.getUint32(12)) {
      case 0x56503820: // VP8: lossy
        return [view.getUint16(26, true) & 0x3fff, view.getUint16(28, true) & 0x3fff];
      case 0x5650384c: { // VP8L: without loss
        const bits = view.getUint32(21, true);
        return [(bits & 0x3fff) + 1, ((bits >> 14) & 0x3fff) + 1];
      }
      case 0x56503858: // VP8X: the one with EXIF may be turned
        return view.getUint8(20) & 0x08 ? null : [three(24) + 1, three(27) + 1];
      default:
        return null;
    }
  };

  // [width, height] upright from the head of the file; null where the browser has to say.
  const written = (buffer) => {
    const view = new DataView(buffer);
    const readers = new Map([[0x89504e47, pngSize], [0x52494646, webpSize]]);
    try {
      const read = view.getUint16(0) === 0xffd8 ? jpegSize : readers.get(view.getUint32(0));
      const size = read ? read(view) : null;
      return size && size[0] && size[1] ? size : null;
    } catch (error) {
      if (error instanceof RangeError) return null; // cut off
      throw error;
    }
  };

  // An image element reads the head of the file, a bitmap would decode all of it; but it holds the bytes for long.
  const shown = async (blob) => {
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
      image.onload = image.onerror = null;
      image.removeAttribute("src");
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
    const [width, height] = written(buffer) || (await shown(blob));
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
