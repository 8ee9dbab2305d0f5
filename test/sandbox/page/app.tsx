import { Center, Loader, Text } from '@mantine/core';
import { ActProvider } from './acting.tsx';
import { Bar } from './bar/bar.tsx';
import { useWorld } from './control/use-world.ts';
import { Phone } from './phone/phone.tsx';
import { Planfix } from './planfix/planfix.tsx';
import { useTexts } from './texts/language.tsx';

export function App() {
  const t = useTexts();
  const { world, connected, refresh } = useWorld();
  return (
    <ActProvider onDone={refresh}>
      <div className="page">
        <Bar world={world} connected={connected} />
        {world === undefined ? (
          <Center flex={1}>
            <Loader size="sm" mr="sm" />
            <Text c="dimmed">{t.loading}</Text>
          </Center>
        ) : (
          <div className="halves">
            <Phone world={world} />
            <Planfix accounts={world.accounts} nowMs={world.nowMs} />
          </div>
        )}
      </div>
    </ActProvider>
  );
}
