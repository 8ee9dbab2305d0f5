import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import type { ComponentProps, FormEvent } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { queryClient } from '../api/query-client.ts';
import { BusyButton } from '../layout/busy-button.tsx';
import { Failure } from '../layout/page.tsx';
import { useFields } from '../layout/use-fields.ts';
import { Where } from './where.tsx';

type SignUp = NonNullable<Schemas['MetaApp']['embeddedSignup']>;

const EMPTY = { setup: {} };
/** The two forms in which Meta's pages describe the way of the WhatsApp Business app. */
const BY_FEATURE = { setup: {}, featureType: 'whatsapp_business_app_onboarding', sessionInfoVersion: '3' };
/** As the API names them. */
const [ID, EXTRAS, APP_EXTRAS] = [
  'embeddedSignup.configurationId',
  'embeddedSignup.extras',
  'embeddedSignup.businessAppExtras',
] as const;
const write = (extras: object) => JSON.stringify(extras, null, 2);

function readObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What Embedded Signup needs of this app; extras are Meta's business, and change with its versions. */
export function SignUpForm({ app, onDone }: { app: Schemas['MetaApp']; onDone: () => void }) {
  const { t } = useTranslation('planfix');
  const { t: say } = useTranslation();
  const known = app.embeddedSignup ?? undefined;
  const update = api.useMutation('patch', '/v1/meta-apps/{id}');
  const before = {
    [ID]: known?.configurationId ?? '',
    [EXTRAS]: write(known?.extras ?? EMPTY),
    [APP_EXTRAS]: write(known?.businessAppExtras ?? BY_FEATURE),
  };
  const { given, change, take, rest } = useFields(before, update.error);
  const [extras, businessAppExtras] = [readObject(given[EXTRAS]), readObject(given[APP_EXTRAS])];
  const save = (embeddedSignup: SignUp | null) => {
    const after = () => {
      void queryClient.invalidateQueries({ queryKey: ['get', '/v1/meta-apps'] });
      notifications.show({ message: embeddedSignup === null ? say('saved') : t('signUpSaved') });
      onDone();
    };
    update.mutate({ params: { path: { id: app.id } }, body: { embeddedSignup } }, { onSuccess: after });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (extras && businessAppExtras) save({ configurationId: given[ID].trim(), extras, businessAppExtras });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {rest && <Failure error={rest} />}
        <TextInput label={t('configurationId')} required data-autofocus {...take(ID)} />
        <ConfigurationWhere />
        <ExtrasField label={t('extras')} description={t('extrasHint')} isRead={!!extras} {...take(EXTRAS)} />
        <ExtrasField
          label={t('businessAppExtras')}
          description={t('businessAppExtrasHint')}
          isRead={!!businessAppExtras}
          {...take(APP_EXTRAS)}
        />
        <Presets onChoose={(preset) => change(APP_EXTRAS, write(preset))} />
        <Buttons isBusy={update.isPending} onRemove={known && (() => save(null))} />
      </Stack>
    </form>
  );
}

function Buttons({ isBusy, onRemove }: { isBusy: boolean; onRemove: (() => void) | undefined }) {
  const { t } = useTranslation('planfix');
  const { t: say } = useTranslation();
  return (
    <Group justify="space-between">
      <BusyButton type="submit" loading={isBusy}>
        {say('save')}
      </BusyButton>
      {onRemove !== undefined && (
        <Button variant="subtle" color="red" onClick={onRemove}>
          {t('signUpRemove')}
        </Button>
      )}
    </Group>
  );
}

function ConfigurationWhere() {
  const { t } = useTranslation('planfix');
  return (
    <Where
      of={t('configurationId')}
      steps={[
        t('configurationIdWhere_1'),
        t('configurationIdWhere_2'),
        t('configurationIdWhere_3'),
        t('configurationIdWhere_4'),
      ]}
    />
  );
}

/** `isRead`: what is typed is an object. */
function ExtrasField({ isRead, error, ...rest }: ComponentProps<typeof Textarea> & { isRead: boolean }) {
  const { t } = useTranslation('planfix');
  return <Textarea {...rest} error={isRead ? error : t('notJson')} autosize minRows={3} spellCheck={false} />;
}

function Presets({ onChoose }: { onChoose: (preset: object) => void }) {
  const { t } = useTranslation('planfix');
  return (
    <Group gap="xs">
      <Button size="compact-sm" variant="default" onClick={() => onChoose(BY_FEATURE)}>
        {t('presetFeature')}
      </Button>
      <Button size="compact-sm" variant="default" onClick={() => onChoose(EMPTY)}>
        {t('presetEmpty')}
      </Button>
    </Group>
  );
}
