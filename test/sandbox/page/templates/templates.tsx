import { Button, Group, Select, Text } from '@mantine/core';
import { useEffect, useState } from 'react';
import { listTemplates, type NetworkTemplate } from '../control/template-calls.ts';
import type { BusinessNumber, World } from '../control/world.ts';
import { EmptyState } from '../empty-state.tsx';
import { HalfTitle } from '../half-title.tsx';
import { ChatIcon, ListIcon, PlusIcon } from '../icons.tsx';
import { useTexts } from '../texts/language.tsx';
import { NewTemplate } from './new-template.tsx';
import { TemplateCard } from './template-card.tsx';

/** Meta's half: the templates of an account and what Meta decides about them. */
export function Templates({ world }: { world: World }) {
  const t = useTexts();
  const [chosen, setChosen] = useState<string>();
  const [creating, setCreating] = useState(false);
  const accounts = distinctAccounts(world.numbers);
  const account = accounts.find(({ wabaId }) => wabaId === chosen) ?? accounts[0];
  const { templates, reason } = useTemplates(account?.wabaId, world);
  return (
    <main className="half" aria-label={t.templates}>
      <Group className="half-head" justify="space-between" wrap="nowrap">
        <HalfTitle name={t.templates} side={t.templatesSide} />
        <Group gap={8} wrap="nowrap">
          {accounts.length > 1 && (
            <Select
              size="xs"
              w={220}
              aria-label={t.account}
              allowDeselect={false}
              data={accounts.map(({ wabaId, verifiedName }) => ({ value: wabaId, label: verifiedName }))}
              value={account?.wabaId ?? null}
              onChange={(value) => setChosen(value ?? undefined)}
            />
          )}
          {account !== undefined && (
            <Button size="xs" leftSection={<PlusIcon size={14} />} onClick={() => setCreating(true)}>
              {t.newTemplate}
            </Button>
          )}
        </Group>
      </Group>
      {account === undefined && (
        <EmptyState icon={<ChatIcon size={28} />} title={t.noNumberTitle} hint={t.noNumberHint} />
      )}
      {reason !== undefined && (
        <Text c="red" size="sm" px="md" role="alert">
          {t.requestFailed(reason)}
        </Text>
      )}
      {templates?.length === 0 && (
        <EmptyState icon={<ListIcon size={28} />} title={t.noTemplatesTitle} hint={t.noTemplatesHint} />
      )}
      <div className="scrolled template-list">
        {templates?.map((template) => (
          <TemplateCard key={template.id} template={template} nowMs={world.nowMs} />
        ))}
      </div>
      {account !== undefined && (
        <NewTemplate opened={creating} wabaId={account.wabaId} onClose={() => setCreating(false)} />
      )}
    </main>
  );
}

/** Templates belong to the account; its numbers share them. */
const distinctAccounts = (numbers: BusinessNumber[]): BusinessNumber[] => [
  ...new Map(numbers.toReversed().map((number) => [number.wabaId, number])).values(),
];

/** Read anew whenever anything has changed. */
function useTemplates(wabaId: string | undefined, world: World) {
  const [templates, setTemplates] = useState<NetworkTemplate[]>();
  const [reason, setReason] = useState<string>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each world means that something has changed
  useEffect(() => {
    if (wabaId === undefined) return;
    let isCurrent = true;
    listTemplates(wabaId).then(
      (found) => {
        if (!isCurrent) return;
        setTemplates(found);
        setReason(undefined);
      },
      (error: unknown) => isCurrent && setReason(String(error)),
    );
    return () => {
      isCurrent = false;
    };
  }, [wabaId, world]);
  return { templates, reason };
}
