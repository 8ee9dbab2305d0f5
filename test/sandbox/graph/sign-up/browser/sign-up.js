// What the pop-up does when somebody finishes, leaves or reports an error.
(() => {
  const form = document.querySelector('form');
  const problem = document.querySelector('[role=alert]');
  const { appId, configurationId, origin } = form.dataset;

  const tellMessage = (message) => window.opener.postMessage(JSON.stringify(message), origin);
  const tellCode = (code) => window.opener.postMessage({ sandboxLogin: true, code }, origin);
  const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

  /** Both halves in the order that the sandbox is set to; whoever leaves has no code. */
  async function tell({ code, message, order, gapMs }) {
    const halves = { message: () => tellMessage(message), code: () => tellCode(code) };
    const wanted = {
      'message-first': ['message', 'code'],
      'code-first': ['code', 'message'],
      'message-only': ['message'],
      'code-only': ['code'],
    };
    for (const [index, half] of wanted[order].entries()) {
      if (index > 0) await wait(gapMs);
      halves[half]();
    }
  }

  async function answer(outcome) {
    problem.textContent = '';
    const fields = new FormData(form);
    const [kind, id] = String(fields.get('choice') ?? '').split(' ');
    const given = {
      appId,
      configurationId,
      ...outcome,
      sharesHistory: fields.has('sharesHistory'),
      ...(kind === 'number' ? { phoneNumberId: id } : {}),
      ...(kind === 'account' ? { wabaId: id } : {}),
    };
    if (outcome.outcome === 'finish' && id === undefined) {
      problem.textContent = 'Choose what to connect.';
      return;
    }
    if (!window.opener) {
      problem.textContent = 'The window that opened this one is gone. Close it and begin again.';
      return;
    }
    const response = await fetch('sign-up/result', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(given),
    });
    const result = await response.json();
    if (!response.ok) {
      problem.textContent = result.error;
      return;
    }
    await tell(result);
    window.close();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void answer({ outcome: 'finish' });
  });
  document.querySelector('#cancel')?.addEventListener('click', () => answer({ outcome: 'cancel' }));
  document.querySelector('#report')?.addEventListener('click', () => {
    void answer({ outcome: 'cancel', errorMessage: 'The business reported an error.' });
  });
  document.querySelector('#fail')?.addEventListener('click', () => answer({ outcome: 'error' }));
})();
