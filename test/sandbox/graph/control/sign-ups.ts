import type { FastifyInstance } from 'fastify';
import type { GraphSandbox } from '../index.ts';
import type { App } from '../model.ts';
import {
  createConfiguration,
  finishSignUp,
  leaveMessage,
  type SignUpConfiguration,
  type SignUpMessage,
  usualCodeLifeMs,
} from '../sign-up/sign-up.ts';
import type { GraphWorld } from '../world.ts';
import {
  appOf,
  type Body,
  bodyOf,
  ControlError,
  numberOf,
  optionalNumber,
  optionalText,
  requiredText,
  wabaOf,
} from './input.ts';

/** Embedded Signup: how it is set up, and playing it without a browser. */
export function registerSignUpControl(server: FastifyInstance, sandbox: GraphSandbox): void {
  const { world } = sandbox;
  server.post('/control/graph/sign-up-configurations', async (request) => {
    const body = bodyOf(request.body);
    const { appId } = appOf(world, requiredText(body, 'appId'));
    const id = requiredText(body, 'configurationId');
    const configuration = changed(world.signUpConfigurations.get(id) ?? createConfiguration(id, appId), body);
    world.signUpConfigurations.set(id, configuration);
    return configuration;
  });

  server.get('/control/graph/sign-up-configurations', async () => ({
    items: [...world.signUpConfigurations.values()],
  }));

  server.post('/control/graph/sign-ups', async (request) => signUp(sandbox, bodyOf(request.body)));
}

function changed(configuration: SignUpConfiguration, body: Body): SignUpConfiguration {
  const { offersBusinessApp, scopes } = body;
  return {
    ...configuration,
    tokenLifeMs: optionalNumber(body, 'tokenLifeMs') ?? configuration.tokenLifeMs,
    scopes: Array.isArray(scopes) ? scopes.map(String) : configuration.scopes,
    offersBusinessApp: typeof offersBusinessApp === 'boolean' ? offersBusinessApp : configuration.offersBusinessApp,
  };
}

/** What the pop-up gives back, whichever way it is played. @throws ControlError, GraphError */
export function signUp(sandbox: GraphSandbox, body: Body): { code: string | null; message: SignUpMessage } {
  const { world } = sandbox;
  const app = appOf(world, requiredText(body, 'appId'));
  const outcome = body.outcome ?? 'finish';
  if (outcome === 'cancel' || outcome === 'error') {
    const [currentStep, errorMessage] = [optionalText(body, 'currentStep'), optionalText(body, 'errorMessage')];
    const errorCode = optionalText(body, 'errorCode');
    const message = leaveMessage(world, {
      outcome,
      ...(currentStep === undefined ? {} : { currentStep }),
      ...(errorMessage === undefined ? {} : { errorMessage }),
      ...(errorCode === undefined ? {} : { errorCode }),
    });
    return { code: null, message };
  }
  if (outcome !== 'finish') throw new ControlError(400, 'outcome must be finish, cancel or error');
  const phoneNumberId = optionalText(body, 'phoneNumberId');
  const number = phoneNumberId === undefined ? undefined : numberOf(world, phoneNumberId);
  return finishSignUp(sandbox, {
    app,
    configuration: changed(configurationOf(world, app, body), body),
    waba: number?.waba ?? wabaOf(world, requiredText(body, 'wabaId')),
    number,
    sharesHistory: body.sharesHistory !== false,
    codeLifeMs: optionalNumber(body, 'codeLifeMs') ?? usualCodeLifeMs,
  });
}

function configurationOf(world: GraphWorld, app: App, body: Body): SignUpConfiguration {
  const id = optionalText(body, 'configurationId');
  if (id === undefined) return createConfiguration('', app.appId);
  const known = world.signUpConfigurations.get(id);
  if (known?.appId === app.appId) return known;
  throw new ControlError(404, `no configuration ${id} of that app`);
}
