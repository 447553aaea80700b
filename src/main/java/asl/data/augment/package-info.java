/**
 * Augmentations of fine-tuning, defined as timm and Pillow define them: RandAugment on 8-bit images, random erasing,
 * mixup and cutmix. All randomness comes from the stream that the caller keys by (seed, epoch, sample), so that neither
 * the worker nor a resume changes an image. Pure Java, no tensors.
 */
package asl.data.augment;
