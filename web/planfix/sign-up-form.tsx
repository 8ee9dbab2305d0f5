import { Button, Group, Stack, Textarea, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, type Schemas } from '../api/client.ts';
import { fieldErrorsOf } from '../api/problem.ts';
import { queryClient } from '../api/query-client.ts';
import { Failure } from '../layout/page.tsx';
import { Where } from './where.tsx';

type SignUp = NonNullable<Schemas['MetaApp']['embeddedSignup']>;

const EMPTY = { setup: {} };
/** The two forms in which Meta's pages describe the way of the WhatsApp Business app. */
const BY_FEATURE = { setup: {}, featureType: 'whatsapp_business_app_onboarding', sessionInfoVersion: '3' };
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
  const [configurationId, setConfigurationId] = useState(known?.configurationId ?? '');
  const [extras, setExtras] = useState(write(known?.extras ?? EMPTY));
  const [businessAppExtras, setBusinessAppExtras] = useState(write(known?.businessAppExtras ?? BY_FEATURE));
  const change = api.useMutation('patch', '/v1/meta-apps/{id}');
  const errors = fieldErrorsOf(change.error);
  const parsed = { extras: readObject(extras), businessAppExtras: readObject(businessAppExtras) };
  const save = (embeddedSignup: SignUp | null) => {
    const after = () => {
      void queryClient.invalidateQueries({ queryKey: ['get', '/v1/meta-apps'] });
      notifications.show({ message: embeddedSignup === null ? say('saved') : t('signUpSaved') });
      onDone();
    };
    change.mutate({ params: { path: { id: app.id } }, body: { embeddedSignup } }, { onSuccess: after });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!parsed.extras || !parsed.businessAppExtras) return;
    save({
      configurationId: configurationId.trim(),
      extras: parsed.extras,
      businessAppExtras: parsed.businessAppExtras,
    });
  };
  return (
    <form onSubmit={submit}>
      <Stack gap="sm">
        {change.error && Object.keys(errors).length === 0 && <Failure error={change.error} />}
        <TextInput
          label={t('configurationId')}
          required
          data-autofocus
          value={configurationId}
          error={errors['embeddedSignup.configurationId']}
          onChange={(event) => setConfigurationId(event.currentTarget.value)}
        />
        <ConfigurationWhere />
        <ExtrasField
          label={t('extras')}
          description={t('extrasHint')}
          value={extras}
          error={parsed.extras === undefined ? t('notJson') : errors['embeddedSignup.extras']}
          onChange={setExtras}
        />
        <ExtrasField
          label={t('businessAppExtras')}
          description={t('businessAppExtrasHint')}
          value={businessAppExtras}
          error={parsed.businessAppExtras === undefined ? t('notJson') : errors['embeddedSignup.businessAppExtras']}
          onChange={setBusinessAppExtras}
        />
        <Presets onChoose={(preset) => setBusinessAppExtras(write(preset))} />
        <Buttons isBusy={change.isPending} onRemove={known && (() => save(null))} />
      </Stack>
    </form>
  );
}

function Buttons({ isBusy, onRemove }: { isBusy: boolean; onRemove: (() => void) | undefined }) {
  const { t } = useTranslation('planfix');
  const { t: say } = useTranslation();
  return (
    <Group justify="space-between">
      <Button type="submit" loading={isBusy}>
        {say('save')}
      </Button>
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

type ExtrasFieldProps = {
  label: string;
  description: string;
  value: string;
  error: string | undefined;
  onChange: (value: string) => void;
};

function ExtrasField({ onChange, ...rest }: ExtrasFieldProps) {
  return (
    <Textarea
      {...rest}
      autosize
      minRows={3}
      spellCheck={false}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
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
