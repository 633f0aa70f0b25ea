"use strict";
// A signature is drawn on the screen; what is sent is the picture. It outlives a turned phone, a line that was
// folded away, and a form that came back with something wrong in it.
(() => {
  const attach = (place) => {
    const canvas = place.querySelector("canvas"), input = place.querySelector("input");
    const pad = new window.SignaturePad(canvas, { penColor: "#101828", minWidth: 0.8, maxWidth: 2.6 });
    let strokes = [], frame = null, picture = null;

    const draw = () => {
      const width = canvas.clientWidth, height = canvas.clientHeight, context = canvas.getContext("2d");
      const scale = frame ? Math.min(width / frame.width, height / frame.height) : 1;
      const scaled = (point) => ({ ...point, x: point.x * scale, y: point.y * scale });
      pad.fromData(strokes.map((stroke) => ({ ...stroke, points: stroke.points.map(scaled) })));
      if (!picture) return;
      const fit = Math.min(width / picture.naturalWidth, height / picture.naturalHeight);
      context.drawImage(picture, 0, 0, picture.naturalWidth * fit, picture.naturalHeight * fit);
    };

    const fit = () => {
      const ratio = Math.min(Math.max(window.devicePixelRatio || 1, 1), 2);
      const width = Math.round(canvas.clientWidth * ratio), height = Math.round(canvas.clientHeight * ratio);
      if (!width || (canvas.width === width && canvas.height === height)) return;
      canvas.width = width;
      canvas.height = height;
      canvas.getContext("2d").scale(ratio, ratio);
      draw();
    };

    pad.addEventListener("endStroke", () => {
      strokes = structuredClone(pad.toData());
      frame = { width: canvas.clientWidth, height: canvas.clientHeight };
      input.value = canvas.toDataURL("image/png");
    });
    place.querySelector("[data-clear]").addEventListener("click", () => {
      strokes = [];
      frame = picture = null;
      input.value = "";
      pad.clear();
    });
    const show = () => {
      if (!input.value) return;
      const kept = new Image();
      kept.onload = () => { picture = kept; draw(); };
      kept.src = input.value;
    };
    show();
    input.addEventListener("change", show);
    new ResizeObserver(fit).observe(canvas);
    fit();
  };
  const attachAll = (root) => root.querySelectorAll("[data-signature]").forEach(attach);
  attachAll(document);
  // A form that a page brought in later is signed, too.
  document.addEventListener("koudai:new", (event) => attachAll(event.target));
})();
