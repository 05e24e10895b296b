import { announce } from './runbooks/announce.js'
import { decide } from './runbooks/decide.js'
import { drain } from './runbooks/drain.js'
import { reload } from './runbooks/reload.js'
import { replace } from './runbooks/replace.js'
import type { Template } from './runbooks/template.js'
import { webhook } from './runbooks/webhook.js'
import { scenarioText, type World } from './runbooks/worlds.js'

/** What a new runbook can begin as, by the name that `--template` gives it. */
export const TEMPLATES: { readonly [name: string]: Template } = {
  announce,
  ask: decide,
  drain,
  reload,
  replace,
  webhook,
}

/** Where it is to be played: names of the fleet file. */
export type Place = { readonly cluster: string; readonly frontend: string }

type Asked = { readonly name: string; readonly title: string; readonly template: Template }

/** The files of a new runbook, by their paths in the folder of runbooks. */
export const runbookFilesFor = (
  { name, title, template }: Asked,
  place: Place,
): readonly (readonly [file: string, text: string])[] => {
  const named = namesFor(name, template)
  return [
    [`${name}.yaml`, template.runbook(name, title)],
    ...template.worlds.map(
      world =>
        [
          `drills/${named(world)}.yaml`,
          scenarioText(named(world), world, { ...place, title, runbook: name }),
        ] as const,
    ),
    [`tests/${name}.test.yaml`, `runbook: ${name}\ncases:\n${template.cases(named)}`],
  ]
}

/** Its drill is called as the runbook, what else its tests are played in by what is wrong there. */
const namesFor =
  (name: string, { worlds }: Template) =>
  (world: World): string =>
    world === worlds[0] ? name : `${name}-${world}`
