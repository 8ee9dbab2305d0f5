import { Anchor, Group, Radio, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'react-router';
import { api, type Schemas } from '../api/client.ts';
import { Loaded } from '../layout/page.tsx';
import type { StepProps } from './connect-page.tsx';
import { NO_NUMBER, ROADS, type Road } from './draft.ts';
import { StepForm } from './step-form.tsx';
import { useWizard } from './wizard.tsx';

const WORDS = {
  'new-number': ['road_newNumber', 'roadHint_newNumber'],
  'embedded-signup': ['road_embeddedSignup', 'roadHint_embeddedSignup'],
  'business-app': ['road_businessApp', 'roadHint_businessApp'],
  dialog360: ['road_dialog360', 'roadHint_dialog360'],
} as const;

const NEEDS_SIGN_UP: ReadonlySet<Road> = new Set(['embedded-signup', 'business-app']);

/** Which of the roads the number is to be connected by. */
export function RoadStep({ onNext, onBack }: StepProps) {
  const { t } = useTranslation('connect');
  const { draft, change } = useWizard();
  const [road, setRoad] = useState<Road | undefined>(draft.road);
  const about = api.useQuery('get', '/v1/console', {});
  const apps = api.useQuery('get', '/v1/meta-apps', { params: { query: { limit: 200 } } });
  const goOn = () => {
    if (road === undefined) return;
    if (road !== draft.road) change({ ...NO_NUMBER, road, isOnBusinessApp: road === 'business-app' });
    onNext();
  };
  return (
    <StepForm title={t('roadTitle')} onBack={onBack} onNext={goOn} canGoOn={road !== undefined}>
      <Loaded query={about}>
        {({ providers }) => (
          <Loaded query={apps}>
            {({ items }) => (
              <Radio.Group
                aria-label={t('roadTitle')}
                value={road ?? null}
                onChange={(value) => setRoad(value as Road)}
              >
                <Stack gap="sm">
                  {ROADS.filter((one) => isOffered(one, providers)).map((one) => (
                    <RoadCard key={one} road={one} needsSignUp={NEEDS_SIGN_UP.has(one) && !items.some(hasSignUp)} />
                  ))}
                </Stack>
              </Radio.Group>
            )}
          </Loaded>
        )}
      </Loaded>
    </StepForm>
  );
}

const hasSignUp = (app: Schemas['MetaApp']) => app.embeddedSignup !== null;
const isOffered = (road: Road, providers: Schemas['Console']['providers']) =>
  providers.some(({ kind }) => kind === (road === 'dialog360' ? 'dialog360' : 'whatsapp-cloud'));

function RoadCard({ road, needsSignUp }: { road: Road; needsSignUp: boolean }) {
  const { t } = useTranslation('connect');
  const [title, hint] = WORDS[road];
  return (
    <Stack gap={4}>
      <Radio.Card value={road} p="md" disabled={needsSignUp} aria-label={t(title)} aria-describedby={`road-${road}`}>
        <Group wrap="nowrap" align="flex-start">
          <Radio.Indicator disabled={needsSignUp} />
          <div>
            <Text fw={600} {...(needsSignUp ? { c: 'dimmed' } : {})}>
              {t(title)}
            </Text>
            <Text size="sm" c="dimmed" id={`road-${road}`}>
              {t(hint)}
            </Text>
          </div>
        </Group>
      </Radio.Card>
      {needsSignUp && (
        <Text size="sm" pl="md">
          {t('needsSignUp')}{' '}
          <Anchor component={Link} to="/connections/accounts" size="sm" underline="always">
            {t('setUpHere')}
          </Anchor>
        </Text>
      )}
    </Stack>
  );
}
