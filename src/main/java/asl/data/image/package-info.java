/** From encoded images to the uint8 pixels of random crops: decoding, resampling, crops. Pure Java, no tensors. */
package asl.data.image;
