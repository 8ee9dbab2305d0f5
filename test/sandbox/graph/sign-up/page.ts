import { readFileSync } from 'node:fs';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { bodyOf, ControlError } from '../control/input.ts';
import { signUp } from '../control/sign-ups.ts';
import type { GraphSandbox } from '../index.ts';
import type { Fields } from '../messages/types.ts';
import { isFields } from '../messages/types.ts';
import type { BusinessNumber, Waba } from '../model.ts';
import { isOnPlatform } from '../onboarding/registration.ts';
import type { GraphWorld } from '../world.ts';

/** Embedded Signup as a person plays it: Meta's script, and the pop-up that it opens. */
export function registerSignUpPage(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  const asset = (path: string, name: string, type: string) => {
    const content = readFileSync(new URL(`browser/${name}`, import.meta.url));
    server.get(path, async (_request, reply) => reply.type(type).header('cache-control', 'no-store').send(content));
  };
  asset('/graph/sdk.js', 'sdk.js', 'text/javascript; charset=utf-8');
  asset('/graph/sign-up/page.js', 'sign-up.js', 'text/javascript; charset=utf-8');
  asset('/graph/sign-up/page.css', 'sign-up.css', 'text/css; charset=utf-8');

  server.get('/graph/sign-up', async (request, reply) => sendPage(world, reply, request.query as Fields));

  server.post('/graph/sign-up/result', async (request) => {
    const { signUpOrder: order, signUpGapMs: gapMs } = world.settings;
    const body = bodyOf(request.body);
    // Whoever leaves may do so where the configuration is not known.
    if (body.outcome === 'finish' && body.configurationId === '') throw new ControlError(400, 'config_id is required');
    return { ...signUp(sandbox, body), order, gapMs };
  });
}

const policy =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'";

function sendPage(world: GraphWorld, reply: FastifyReply, query: Fields): FastifyReply {
  const { app_id: appId, config_id: configurationId, origin } = query;
  const problem = problemOf(world, query);
  const known = { appId: String(appId), configurationId: String(configurationId), origin: String(origin) };
  const text = page(known, problem === undefined ? choices(world, query) : `<p>${html(problem)}</p>`, problem);
  return reply.type('text/html; charset=utf-8').header('content-security-policy', policy).send(text);
}

/** What Meta would say instead of its first screen. */
function problemOf(world: GraphWorld, query: Fields): string | undefined {
  const { app_id: appId, config_id: id, response_type: type, origin } = query;
  if (!world.apps.has(String(appId))) return `There is no app ${String(appId)}.`;
  if (world.signUpConfigurations.get(String(id))?.appId !== appId) return `The app has no configuration ${String(id)}.`;
  if (type !== 'code') return 'response_type must be code.';
  return URL.canParse(String(origin)) ? undefined : 'The page that opened this one has no address.';
}

const businessAppFeature = 'whatsapp_business_app_onboarding';

/** Numbers by what can be done with them; those of the phone app only where the way for them was asked for. */
function choices(world: GraphWorld, { config_id: id, extras }: Fields): string {
  const numbers = [...world.numbers.values()];
  const offersApp =
    featureOf(extras) === businessAppFeature || world.signUpConfigurations.get(String(id))?.offersBusinessApp === true;
  const onPlatform = numbers.filter(({ isOnBizApp }) => !isOnBizApp);
  const inApp = offersApp ? numbers.filter(({ isOnBizApp }) => isOnBizApp) : [];
  return [
    ...(inApp.length === 0
      ? []
      : [
          group('Connect your WhatsApp Business app', inApp.map(numberChoice).join('')),
          '<label><input type="checkbox" name="sharesHistory" checked> Share the chats of the last six months</label>',
        ]),
    group('Use a number on the platform only', onPlatform.map(numberChoice).join('')),
    group('Share an account without a number', [...world.wabas.values()].map(accountChoice).join('')),
  ].join('\n');
}

function featureOf(extras: unknown): unknown {
  try {
    const read: unknown = JSON.parse(String(extras ?? '{}'));
    return isFields(read) ? read.featureType : undefined;
  } catch {
    return undefined;
  }
}

const group = (title: string, content: string): string =>
  `<fieldset><legend>${title}</legend>${content === '' ? '<p>There is none.</p>' : content}</fieldset>`;

function numberChoice(number: BusinessNumber): string {
  const { displayPhoneNumber, verifiedName, phoneNumberId, waba } = number;
  return choice(`number ${phoneNumberId}`, `${displayPhoneNumber} · ${verifiedName}`, [
    standing(number),
    `number ${phoneNumberId}, account ${waba.wabaId}`,
  ]);
}

function standing(number: BusinessNumber): string {
  if (number.isPersonal) return 'in WhatsApp Messenger';
  if (number.isOnBizApp) return isOnPlatform(number) ? 'connected already' : 'in the WhatsApp Business app';
  if (isOnPlatform(number)) return 'registered';
  return number.codeVerificationStatus === 'VERIFIED' ? 'verified, not registered' : 'not verified';
}

const accountChoice = ({ wabaId, name, businessName }: Waba): string =>
  choice(`account ${wabaId}`, name, [businessName, `account ${wabaId}`]);

const choice = (value: string, label: string, details: string[]): string =>
  `<label><input type="radio" name="choice" value="${html(value)}"><span>${html(label)}</span><small>${details.map(html).join(' · ')}</small></label>`;

type Known = { appId: string; configurationId: string; origin: string };

function page({ appId, configurationId, origin }: Known, content: string, problem: string | undefined): string {
  const data = `data-app-id="${html(appId)}" data-configuration-id="${html(configurationId)}" data-origin="${html(origin)}"`;
  const finish = problem === undefined ? '<button type="submit">Finish</button>' : '';
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Connect WhatsApp</title>
<link rel="stylesheet" href="sign-up/page.css">
</head>
<body>
<main>
<h1>Connect WhatsApp</h1>
<p>The sandbox's stand-in for Meta's sign-up, for app ${html(appId)}.</p>
<form ${data}>
${content}
<p role="alert"></p>
<div class="buttons">
${finish}
<button type="button" id="cancel">Cancel</button>
<button type="button" id="report">Report an error</button>
<button type="button" id="fail">Let it fail</button>
</div>
</form>
</main>
<script src="sign-up/page.js"></script>
</body>
</html>
`;
}

const html = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
