import { Badge, Button, CloseButton, Group, Popover, Select, Stack, Text } from '@mantine/core';
import { useAct } from '../acting.tsx';
import { addFault, removeFault } from '../control/client.ts';
import { type FaultChoice, faultChoices } from '../control/fault-choices.ts';
import type { Fault } from '../control/world.ts';
import { BoltIcon } from '../icons.tsx';
import type { Texts } from '../texts/en.ts';
import { useTexts } from '../texts/language.tsx';

/** What goes wrong next, and a choice of what else could. */
export function Faults({ faults }: { faults: Fault[] }) {
  const t = useTexts();
  const act = useAct();
  const pick = (value: string | null) => {
    const choice = faultChoices.find((one) => one.value === value);
    if (choice !== undefined) void act(() => addFault(choice));
  };
  return (
    <Popover width={440} position="bottom-end" shadow="md" withArrow trapFocus>
      <Popover.Target>
        <Button
          size="xs"
          variant={faults.length === 0 ? 'default' : 'light'}
          color={faults.length === 0 ? 'gray' : 'red'}
          leftSection={<BoltIcon size={15} />}
          rightSection={
            faults.length > 0 && (
              <Badge size="sm" circle color="red">
                {faults.length}
              </Badge>
            )
          }
        >
          {t.faults}
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label={t.faultsTitle}>
        <Stack gap="xs">
          <Text fw={600}>{t.faultsTitle}</Text>
          <Text size="xs" c="dimmed">
            {t.faultsHint}
          </Text>
          <Select
            aria-label={t.addFault}
            placeholder={t.pickFault}
            value={null}
            onChange={pick}
            comboboxProps={{ withinPortal: false }}
            maxDropdownHeight={320}
            data={(['graph', 'planfix'] as const).map((target) => ({
              group: targetName(t, target),
              items: faultChoices
                .filter((choice) => choice.target === target)
                .map((choice) => ({ value: choice.value, label: choiceName(t, choice) })),
            }))}
          />
          {faults.length === 0 && (
            <Text size="sm" c="dimmed">
              {t.noFaults}
            </Text>
          )}
          {faults.map((fault) => (
            <FaultRow key={fault.id} fault={fault} onRemove={() => void act(() => removeFault(fault.id))} />
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

function FaultRow({ fault, onRemove }: { fault: Fault; onRemove: () => void }) {
  const t = useTexts();
  const name = faultName(t, fault.kind, fault.code);
  return (
    <Group className="fault-row" gap="xs" wrap="nowrap">
      <Badge size="sm" variant="light" color={fault.target === 'graph' ? 'green' : 'blue'}>
        {targetName(t, fault.target)}
      </Badge>
      <Text size="sm" flex={1}>
        {name}
      </Text>
      <Text size="xs" c="dimmed" className="nowrap">
        {t.timesLeft(fault.times)}
      </Text>
      <CloseButton size="sm" aria-label={t.removeFault(name)} onClick={onRemove} />
    </Group>
  );
}

const targetName = (t: Texts, target: Fault['target']): string =>
  target === 'graph' ? t.targetGraph : t.targetPlanfix;

function faultName(t: Texts, kind: string, code: unknown): string {
  const name = t.faultNames[kind] ?? kind;
  return typeof code === 'number' ? t.faultErrorCode(t.faultCodes[code] ?? name, code) : name;
}

const choiceName = (t: Texts, choice: FaultChoice): string => faultName(t, choice.kind, choice.rule.code);
