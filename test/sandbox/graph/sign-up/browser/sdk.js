// A stand-in for Meta's SDK for JavaScript: as much of it as Embedded Signup needs.
(() => {
  const home = new URL('.', document.currentScript.src);
  const noLogin = { authResponse: null, status: 'unknown' };
  const closedLookMs = 250;
  let app = {};

  /** Opens the pop-up and calls back once: with the code, or without a login when it was closed. */
  function login(callback, options = {}) {
    const address = new URL('sign-up', home);
    address.search = new URLSearchParams({
      app_id: String(app.appId ?? ''),
      config_id: String(options.config_id ?? ''),
      response_type: String(options.response_type ?? ''),
      extras: JSON.stringify(options.extras ?? {}),
      origin: window.location.origin,
    });
    const popUp = window.open(address, 'sandbox-sign-up', 'popup,width=640,height=760');
    let timer;
    const finish = (response) => {
      window.removeEventListener('message', listen);
      clearInterval(timer);
      callback(response);
    };
    const listen = ({ origin, source, data }) => {
      if (origin !== home.origin || source !== popUp || data?.sandboxLogin !== true) return;
      if (typeof data.code !== 'string') return finish(noLogin);
      finish({ authResponse: { code: data.code, userID: null, expiresIn: null }, status: 'connected' });
    };
    if (popUp === null) return finish(noLogin);
    window.addEventListener('message', listen);
    timer = setInterval(() => {
      if (popUp.closed) finish(noLogin);
    }, closedLookMs);
  }

  window.FB = {
    init: (options) => {
      app = { ...options };
    },
    login,
    getLoginStatus: (callback) => callback(noLogin),
  };
  window.fbAsyncInit?.();
})();
