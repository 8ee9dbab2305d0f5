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

/** Fields are named with the version of what they bring; by older versions of the API without. */
const fieldSchema = z.union([z.string(), z.object({ name: z.string() }).transform(({ name }) => name)]);
const appSubscriptionsSchema = z.object({
  data: z.array(
    z.object({ object: z.string(), active: z.boolean().optional().catch(undefined), fields: z.array(fieldSchema) }),
  ),
});

/** What the app hears of WhatsApp; an app that was never told where to call hears of nothing. */
export function appFieldsOf(response: HttpResponse): string[] {
  const { data } = parseAnswer(appSubscriptionsSchema, response, 'read');
  return data
    .filter(({ object, active }) => object === 'whatsapp_business_account' && active !== false)
    .flatMap(({ fields }) => fields);
}
