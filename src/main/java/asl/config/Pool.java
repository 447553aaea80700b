package asl.config;

/** Which vector stands for an image: the [cls] token, or the mean of the patch tokens. */
public enum Pool {
    CLS,
    AVG
}
