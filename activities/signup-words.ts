import type { SignupProblem } from '../db/embedded-signups.ts';
import type { SignupMessage, SignupRoad } from '../workflows/domain/signup.ts';
import { wordsOf } from './check-words.ts';

const AGAIN = 'Start the sign-up again';

const PROBLEMS: Readonly<Record<string, Omit<SignupProblem, 'code'>>> = {
  'code-used': { message: 'The code of the sign-up is used up', remedy: AGAIN },
  'code-unanswered': { message: 'Meta did not answer when it was asked for the token of the sign-up', remedy: AGAIN },
  'code-too-old': {
    message: 'The code of the sign-up came too late: it is good for 30 seconds',
    remedy: `${AGAIN}, and keep the window open until it says that it is done`,
  },
  'app-refused': {
    message: 'Meta refuses the Meta app or its secret',
    remedy: 'Copy App ID and app secret anew: developers.facebook.com, your app, App settings, Basic; then start again',
  },
  'account-not-granted': {
    message: 'The sign-up names a WhatsApp account that was not shared with the Meta app',
    remedy: `${AGAIN}, and leave the account ticked on the page of permissions`,
  },
  'account-not-shown': {
    message: 'Meta does not show the numbers of the WhatsApp account that was signed up',
    remedy: `${AGAIN}, and leave the account and both permissions ticked`,
  },
  'no-number': {
    message: 'The WhatsApp account has no number yet',
    remedy: 'Add and verify a number in WhatsApp Manager, then start the sign-up again and choose it there',
  },
};

export function signupProblem(code: string): SignupProblem {
  if (code === 'fell-back') return { ...businessAppRefused(), code };
  const { message, remedy = AGAIN } = PROBLEMS[code] ?? wordsOf(code);
  return { code, message, remedy };
}

function businessAppRefused(): SignupProblem {
  const { message, remedy = AGAIN } = wordsOf('business-app-refused');
  return { code: 'business-app-refused', message, remedy };
}

/** What the pop-up said when it was left; Meta's own words are kept, and the session for its support. */
export function describeUnfinished(road: SignupRoad, message: SignupMessage): SignupProblem {
  const { event, errorMessage, errorCode, step, sessionId } = message;
  const session = sessionId === undefined ? '' : ` Meta's support finds it by the session ${sessionId}.`;
  if (event !== 'ERROR' && errorMessage === undefined && errorCode === undefined) {
    const where = step === undefined ? '' : ` at the page ${step}`;
    return { code: 'cancelled', message: `The sign-up was left${where}.${session}`, remedy: AGAIN };
  }
  const said = [errorMessage, errorCode === undefined ? undefined : `(${errorCode})`].filter(Boolean).join(' ');
  const reported = `${said === '' ? 'Meta reports an error' : `Meta reports: ${said}`}.${session}`;
  if (road !== 'business-app') return { code: 'reported', message: reported, remedy: AGAIN };
  const { code, message: refused, remedy } = businessAppRefused();
  return { code, message: `${refused}. ${reported}`, remedy };
}
