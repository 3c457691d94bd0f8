import { join } from 'node:path'
import type { Catalogue } from '../../../src/main/pricing/catalogue.ts'
import { loadCatalogue } from '../../../src/main/pricing/catalogue.ts'

/** The price list that the console comes with. */
export function openCatalogue(): Promise<Catalogue> {
  return loadCatalogue(join(import.meta.dirname, '..', '..', '..', 'resources', 'catalogue', 'prices.json'))
}
