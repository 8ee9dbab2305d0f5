/** What a number's and an account's answers tell of where webhooks go, and of limits. (onboarding: A.8, A.9) */
import { z } from 'zod';
import type { HttpResponse, Standing, Subscription } from '../channel.ts';
import { parseAnswer, textSchema } from '../whatsapp/answers.ts';
import { subscribedAppsSchema } from './schema.ts';

export const STANDING_FIELDS = 'whatsapp_business_manager_messaging_limit,webhook_configuration,health_status';

const standingSchema = z.object({
  whatsapp_business_manager_messaging_limit: textSchema,
  webhook_configuration: z
    .object({ application: textSchema, whatsapp_business_account: textSchema, phone_number: textSchema })
    .optional()
    .catch(undefined),
});

export function standingOf(response: HttpResponse): Pick<Standing, 'messagingLimit' | 'addresses'> {
  const answer = parseAnswer(standingSchema, response, 'read');
  const { whatsapp_business_manager_messaging_limit: messagingLimit, webhook_configuration: addresses } = answer;
  return {
    ...(messagingLimit === undefined ? {} : { messagingLimit }),
    ...(addresses === undefined ? {} : { addresses: addressesOf(addresses) }),
  };
}

type Configured = NonNullable<z.infer<typeof standingSchema>['webhook_configuration']>;

/** Empty where none is set. */
function addressesOf({ application, whatsapp_business_account: account, phone_number: number }: Configured) {
  return {
    ...(application ? { application } : {}),
    ...(account ? { account } : {}),
    ...(number ? { number } : {}),
  };
}

/** `appId` undefined: any app counts as ours. */
export function subscriptionOf(response: HttpResponse, appId: string | undefined): Subscription {
  const apps = parseAnswer(subscribedAppsSchema, response, 'read').data;
  const ours = apps.find((app) => appId === undefined || app.whatsapp_business_api_data.id === appId);
  const overrideUrl = ours?.override_callback_uri;
  return { isSubscribed: ours !== undefined, ...(overrideUrl ? { overrideUrl } : {}) };
}
