import type { DeliveryList } from '../../../core/ports/deliveries.ts'
import type { Sql } from '../connect.ts'
import { roamingCdrLane } from '../roaming-cdr-lanes.ts'
import { deliveryList } from './deliveries.ts'

export const roamingDeliveryStore = (app: Sql): DeliveryList => deliveryList(app, roamingCdrLane)
