// Shows one picture from elsewhere, in a frame whose content security policy lets it in; see docs/adr/0010.
// Which one, the page says in a property of the frame's element: markup cannot set that, so a frame that
// found its way into an answer shows nothing and asks nobody.
(() => {
  const { picture } = globalThis.frameElement ?? {};
  if (!picture) {
    return;
  }
  const image = new Image();
  image.referrerPolicy = 'no-referrer';
  image.alt = picture.alt;
  image.addEventListener('load', () => picture.onLoad(image.naturalWidth, image.naturalHeight));
  image.addEventListener('error', () => picture.onError());
  image.src = picture.src;
  document.body.append(image);
})();
