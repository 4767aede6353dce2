// Package basemap 底图 finds the picture tiles that lie under a division's map:
// in a folder or an MBTiles file, or from a map service of the state or the
// government network, asked by this program in the browser's place. Whatever
// its own grid and coordinates, it gives WGS-84 tiles of web mercator, as every
// map of the program draws them.
//
// It owns the reading, asking, keeping and bending of tiles. The vectors of a
// pack belong to place; how a map is drawn belongs to the shell.
package basemap
