import type { Schemas } from '../api/client.ts';
import type { Draft, Secrets } from './draft.ts';

type Settings = Schemas['Connection']['settings'];

/** The request that connects what was entered; settings from before that nobody was asked for are kept. */
export function bodyOf(draft: Draft, secrets: Secrets, former: Partial<Settings> = {}): Schemas['NewConnectionInput'] {
  const { contactTemplate, isOnBusinessApp, historyDays } = draft;
  const { contactTemplate: _, ...kept } = former;
  const shared = {
    planfixAccountId: draft.planfixAccountId ?? '',
    configuredBy: draft.configuredBy ?? '',
    settings: {
      ...kept,
      taskTemplate: draft.taskTemplate ?? 0,
      additionalAssignees: draft.additionalAssignees,
      fallbackOrder: draft.fallbackOrder,
      language: draft.language,
      ...(contactTemplate === undefined ? {} : { contactTemplate }),
      ...(isOnBusinessApp ? { historyDays } : {}),
    },
  };
  if (draft.road === 'dialog360') {
    const { allowedAddresses } = draft;
    return {
      ...shared,
      provider: 'dialog360',
      phone: draft.phone.trim(),
      apiKey: secrets.apiKey,
      ...(allowedAddresses.length === 0 ? {} : { allowedAddresses }),
    };
  }
  return {
    ...shared,
    provider: 'whatsapp-cloud',
    metaAppId: draft.metaAppId ?? '',
    wabaId: draft.wabaId,
    phoneNumberId: draft.phoneNumberId,
    ...(draft.embeddedSignupId === undefined || draft.road === 'new-number'
      ? { accessToken: secrets.accessToken }
      : { embeddedSignupId: draft.embeddedSignupId }),
    ...(/^\d{6}$/.test(secrets.pin) ? { pin: secrets.pin } : {}),
  };
}
