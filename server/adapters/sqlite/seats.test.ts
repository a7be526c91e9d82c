// Where there is one process its own counts are all there are.
import { seatsContract } from '../../ports/seats.contract.ts'
import { soleSeats } from './seats.ts'

seatsContract('SQLite', async () => ({ seats: soleSeats(), close: async () => undefined }))
