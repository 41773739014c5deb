/** Of whoever made this station: the only vendor whose messages it knows (DataTransfer). */
export const vendorId = 'org.stationmaster.simulator'
