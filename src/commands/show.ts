import { EXIT, type ExitCode } from '../domain/exit-codes.js'
import { hang } from '../hosts/lines/layout.js'
import { paintFor } from '../hosts/lines/paint.js'
import { PAPER, page } from './show/page.js'
import { findRunbook, type Places } from './support/definitions.js'
import { type Global, type Io, print } from './support/io.js'

/** A runbook as a page for people: usable on paper, when the tool is down. */
export const show = async (io: Io, said: string, options: Global & Places): Promise<ExitCode> => {
  const runbook = await findRunbook(io, options, said)
  if ('exit' in runbook) return runbook.exit
  const paint = paintFor(io.out, io.env)
  const width = Math.min(PAPER, io.out.columns ?? PAPER)
  for (const { lead, text, tone = 'plain' } of page(runbook.value)) {
    const under = ' '.repeat(lead.length)
    print(io, `${lead}${hang(under, printable(text), width, line => paint(tone, line))}`.trimEnd())
  }
  return EXIT.done
}

/** No other control characters come through the loader. */
const printable = (text: string): string => text.replaceAll(/[\t\r]/g, ' ').trim()
